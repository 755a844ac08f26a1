/** The one Secret of the platform: its name, its keys, and a reference to each. Values are made by a command, never here. */
import { SERVICE_NAMES, type ServiceName } from '#contracts';
import { secretKeys, type KeyRef } from '#declare';

/** Name of the Secret that holds every credential of the platform. */
export const SECRET_NAME = 'video-service-secrets';

/** Keys of the login of one service at each store. */
export type LoginKey = `${ServiceName}-${'db' | 'nats' | 'redis'}-password`;

const OWN_KEYS = [
  /** Ed25519 key, PKCS #8 in PEM: video signs upload tickets with it. */
  'upload-ticket-private-key',
  /** Its other half, SPKI in PEM: media verifies upload tickets with it. */
  'upload-ticket-public-key',
  /** Key of the hash that stands for a viewer, so that no address is stored. */
  'stats-viewer-salt',
  /** Password of PostgreSQL's role `backup`, which reads everything. */
  'database-backup-password',
  /** Password with which the servers of a NATS cluster let each other in; it is part of a URL. */
  'nats-route-password',
] as const;

/** A key of the platform's Secret. */
export type SecretKey = LoginKey | (typeof OWN_KEYS)[number];

/** Every key of the platform's Secret. */
export const SECRET_KEYS: readonly SecretKey[] = [
  ...SERVICE_NAMES.flatMap((name): LoginKey[] => [
    `${name}-db-password`,
    `${name}-nats-password`,
    `${name}-redis-password`,
  ]),
  ...OWN_KEYS,
];

/** Origins of keys that are not random passwords. */
export const SECRET_ORIGINS = {
  [SECRET_NAME]: {
    'upload-ticket-private-key': 'ed25519-private-key',
    'upload-ticket-public-key': 'ed25519-public-key',
  },
} as const;

/** Refers to a key of the platform's Secret. */
export function platformSecret(key: SecretKey): KeyRef {
  return secretKeys(SECRET_NAME).key(key);
}
