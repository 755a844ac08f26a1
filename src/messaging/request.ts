import { assertNoFaults } from '#env';
import { propFaults } from '#prop-shapes';
import type { PayloadSchema } from './message.ts';

/**
 * A question that one service answers: request and reply of core NATS. Nothing stores it; if nobody answers, the request
 * fails, and the service that asked decides what then.
 */
export interface NatsRequest<Pattern extends string = string, Data = unknown, Reply = unknown> {
  /** Subject pattern, such as `rpc.user.get` or `rpc.stock.{warehouse}.reserve`. */
  readonly subject: Pattern;
  /** Schema of the question. */
  readonly payload: PayloadSchema<Data>;
  /** Schema of the answer. */
  readonly reply: PayloadSchema<Reply>;
  /** Seconds within which it must be answered; later answers are refused by the server. */
  readonly timeoutSeconds: number;
}

/** Declares a request. One service `responds` to it, others `requests` it. */
export function defineRequest<const Pattern extends string, Data, Reply>(props: {
  readonly subject: Pattern;
  readonly payload: PayloadSchema<Data>;
  readonly reply: PayloadSchema<Reply>;
  /** @default 10 */
  readonly timeoutSeconds?: number;
}): NatsRequest<Pattern, Data, Reply> {
  assertNoFaults(propFaults(props, SHAPES, 'defineRequest', 'defineRequest'));
  const { subject, payload, reply, timeoutSeconds = 10 } = props;
  return { subject, payload, reply, timeoutSeconds };
}

const SHAPES = { subject: 'text!', payload: 'any!', reply: 'any!', timeoutSeconds: 'number' } as const;

/** Type of the question of a request. */
export type RequestOf<R extends NatsRequest> = R extends NatsRequest<string, infer Data> ? Data : never;

/** Type of the answer to a request. */
export type ReplyOf<R extends NatsRequest> = R extends NatsRequest<string, unknown, infer Reply> ? Reply : never;

/**
 * Queue group in which the replicas of a service answer, so that one of them does. Its user may subscribe to requests in
 * this group alone.
 */
export function queueGroup(service: { readonly name: string }): string {
  return service.name;
}
