import type { DataOf, Envelope, Message } from '#declare';
import type { DatabaseTransaction } from '../database/database.ts';
import type { Logger } from '../log.ts';

/** One delivery of a message to a handler. */
export interface Delivery<M extends Message = Message> {
  /**
   * Id under which the inbox knows it: that of the envelope with its source, or `<stream>:<sequence>:<nanoseconds>` for a
   * message without one.
   */
  readonly id: string;
  /** `<stream>:<sequence>` of a message without envelope, which earlier versions took for its id. */
  readonly formerId: string | undefined;
  /** Its data, validated against the payload of the declaration. */
  readonly data: DataOf<M>;
  /** Undefined for messages from outside, such as the server's advisories. */
  readonly envelope: Envelope<DataOf<M>> | undefined;
  /** Concrete subject. */
  readonly subject: string;
  /** Name of the durable. */
  readonly durable: string;
  /** Name of the stream. */
  readonly stream: string;
  /** Sequence of the message in the stream. */
  readonly streamSequence: number;
  /** When the stream stored it. */
  readonly storedAt: Date;
  /** 1 for the first delivery. */
  readonly attempt: number;
  /** Whether the server delivers it no more after this one. */
  readonly lastAttempt: boolean;
  /** Aborts when the service ends and does not wait longer; what throws then is delivered again, at once and elsewhere. */
  readonly signal: AbortSignal;
  /** Reports that the work continues: the time to acknowledge starts again. */
  working(): void;
  /** Logger with the id of the message. */
  readonly log: Logger;
}

/** What a handler does with a delivery. It returns after the effect; what it throws decides what happens to the message. */
export type DeliveryHandler<M extends Message = Message> = (delivery: Delivery<M>) => Promise<void> | void;

/** How a durable is worked through. */
export interface HandlingOptions {
  /** Deliveries at once in this process; a function where that changes. @default 8 */
  readonly concurrency?: number | (() => number);
  /** Milliseconds between signs of life while a handler runs; well below the time to acknowledge. @default - none but the handler's own */
  readonly workingEveryMs?: number;
  /** Seconds before the second, third, … delivery after a failure. @default - those of the declaration */
  readonly nakDelaysSeconds?: readonly number[];
  /**
   * Seconds after which a handler that still runs is reported, and counts as stuck in `/readyz` when all places are taken so.
   * Set it to the longest time that a healthy one takes.
   * @default - five times the time to acknowledge
   */
  readonly longAfterSeconds?: number;
}

/** How a durable is worked through whose effects are transactions. */
export interface TransactionalOptions extends HandlingOptions {
  /**
   * Whether concurrent deliveries share a transaction (group commit). Faster for short effects; an effect then may run twice
   * in one attempt, and must change nothing but its transaction.
   * @default false
   */
  readonly groupCommit?: boolean;
  /** Deliveries at once in this process. @default - 8, or up to 64 with `groupCommit` */
  readonly concurrency?: number | (() => number);
}

/**
 * What follows an effect, once its transaction is committed; with group commit, once the group is. It runs at most once: it is
 * lost if the process dies before, and what it throws is logged and changes nothing.
 */
export type AfterCommit = () => Promise<void> | void;

/** An effect of a message on PostgreSQL. What it throws rolls its transaction back; what it returns runs after the commit. */
export type TransactionalEffect<M extends Message = Message, Tables = unknown> = (
  delivery: Delivery<M>,
  trx: DatabaseTransaction<Tables>,
) => Promise<AfterCommit | void>;

/** Milliseconds before the next delivery of a message that failed at its `attempt`-th: the listed delay ± 20 %. */
export function nakDelayMs(delaysSeconds: readonly number[], attempt: number, random: () => number): number {
  const seconds = delaysSeconds[Math.min(attempt, delaysSeconds.length) - 1] ?? 1;
  return Math.round(seconds * 1000 * (0.8 + 0.4 * random()));
}
