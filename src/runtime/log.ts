import { pino, type DestinationStream, type Logger } from 'pino';
import { traceFields } from './trace.ts';

export type { Logger } from 'pino';

/** Fields that never reach a log, wherever a logged object has them at its first two levels. */
const SECRET_FIELDS = [
  'password',
  'currentPassword',
  'newPassword',
  'token',
  'ticket',
  'secret',
  'cookie',
  'set-cookie',
  'authorization',
  'upload-ticket',
];

/** A pino logger: JSON lines on standard output, secrets redacted, each line with the id of its request and trace. */
export function createLogger(options: {
  readonly service: string;
  readonly version: string;
  readonly level: string;
  /** Name of the pod. @default - left out */
  readonly pod?: string;
  /** Where lines go. @default - standard output */
  readonly destination?: DestinationStream;
}): Logger {
  const quoted = SECRET_FIELDS.map((field) => `["${field}"]`);
  const settings = {
    level: options.level,
    base: { service: options.service, version: options.version, pod: options.pod },
    redact: { paths: quoted.flatMap((field) => [field, `*${field}`, `*.*${field}`]), censor: '(secret)' },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => ({ ...traceFields() }),
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
