import type { StandardSchemaV1 } from '@standard-schema/spec';
import { assertNoFaults } from '#env';
import type { Fault } from '#env';
import { propFaults } from '#prop-shapes';

/** Any schema that follows Standard Schema; zod 4 does. */
export type PayloadSchema<Data = unknown> = StandardSchemaV1<unknown, Data>;

/** How a message travels: stored by a stream until acknowledged, or delivered at most once to current subscribers. */
export type Delivery = 'stream' | 'core';

/** A kind of message: its subject and the shape of its data. */
export interface Message<Pattern extends string = string, Data = unknown> {
  /** Subject pattern, such as `events.media.uploaded` or `progress.{user}.{video}`. */
  readonly subject: Pattern;
  /** Schema of `data` in the envelope. */
  readonly payload: PayloadSchema<Data>;
  /** Whether a stream must store it. */
  readonly delivery: Delivery;
  /** Version of the payload's shape, carried in the envelope. */
  readonly version: number;
  /** Whether it is published from outside the declared services, such as the advisories of the NATS server. */
  readonly external: boolean;
}

/** Declares a message. */
export function defineMessage<const Pattern extends string, Data>(props: {
  readonly subject: Pattern;
  readonly payload: PayloadSchema<Data>;
  /** @default 'stream' */
  readonly delivery?: Delivery;
  /** @default 1 */
  readonly version?: number;
  /** @default false */
  readonly external?: boolean;
}): Message<Pattern, Data> {
  assertMessageProps(props);
  return {
    subject: props.subject,
    payload: props.payload,
    delivery: props.delivery ?? 'stream',
    version: props.version ?? 1,
    external: props.external ?? false,
  };
}

const SHAPES = {
  subject: 'text!',
  payload: 'any!',
  delivery: 'text',
  version: 'number',
  external: 'boolean',
} as const;
const DELIVERIES: readonly string[] = ['stream', 'core'];

/** JavaScript callers may pass anything. */
function assertMessageProps(props: unknown): void {
  const { subject, payload, delivery = 'stream' } = (props ?? {}) as Readonly<Record<string, unknown>>;
  const place = `defineMessage ${typeof subject === 'string' ? subject : ''}`.trimEnd();
  const fault = (message: string): Fault => ({ rule: 'prop-type', place, message });
  const standard = (payload as { readonly '~standard'?: { readonly validate?: unknown } } | null | undefined)?.[
    '~standard'
  ];
  assertNoFaults([
    ...propFaults(props, SHAPES, place, 'defineMessage'),
    ...(payload === undefined || typeof standard?.validate === 'function'
      ? []
      : [
          fault(
            'payload has no ~standard.validate, must be a Standard Schema: use a schema of zod 4, valibot or arktype',
          ),
        ]),
    ...(typeof delivery !== 'string' || DELIVERIES.includes(delivery)
      ? []
      : [fault(`delivery is ${JSON.stringify(delivery)}, must be stream or core: correct it`)]),
  ]);
}

/** Data type of a message. */
export type DataOf<M extends Message> = M extends Message<string, infer Data> ? Data : never;
