import { createHash } from 'node:crypto';

/** Annotation of a pod template that changes with the configuration its pods read, so that a change rolls them. */
export const CONFIG_HASH_ANNOTATION = 'cdk8s-nats.dev/config-hash';

/** Hash of configuration data; the order of its keys does not matter. */
export function configHash(data: Readonly<Record<string, string>>): string {
  const entries = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex').slice(0, 16);
}
