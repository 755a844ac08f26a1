import type { Generated, JSONColumnType } from 'kysely';
import type { Envelope } from '#declare';

/** Messages that were committed and wait to be published. */
export interface OutboxTable {
  /** Order in which they were written. */
  readonly position: Generated<number>;
  /** Value of `Nats-Msg-Id`. */
  readonly message_id: string;
  /** Concrete subject. */
  readonly subject: string;
  /** Id of the aggregate; messages of one aggregate are published in their order. */
  readonly aggregate: string;
  readonly envelope: JSONColumnType<Envelope>;
  readonly created_at: Generated<Date>;
}

/** Which process publishes the outbox: one row. */
export interface OutboxLeaseTable {
  readonly part: number;
  /** Id of the process. */
  readonly owner: string;
  /** When others may take over. */
  readonly until: Date;
}

/** Messages of the outbox that could not be published and are tried again. */
export interface OutboxPutOffTable {
  /** Position in the outbox. */
  readonly position: number;
  readonly attempts: number;
  readonly next_at: Date;
  readonly reason: string;
  readonly since: Generated<Date>;
}

/** Messages that can never be published as things are, set aside until somebody sends or drops them. */
export interface OutboxParkedTable {
  /** Position that it had in the outbox. */
  readonly position: number;
  readonly message_id: string;
  readonly subject: string;
  readonly aggregate: string;
  readonly envelope: JSONColumnType<Envelope>;
  readonly created_at: Date;
  readonly parked_at: Generated<Date>;
  readonly reason: string;
}

/** Messages that join the outbox at a later time. */
export interface OutboxLaterTable {
  readonly id: Generated<number>;
  readonly due: Date;
  readonly message_id: string;
  readonly subject: string;
  readonly aggregate: string;
  readonly envelope: JSONColumnType<Envelope>;
  readonly created_at: Generated<Date>;
}

/** Messages whose effect was committed. */
export interface InboxTable {
  /** Name of the durable. */
  readonly consumer: string;
  readonly message_id: string;
  readonly handled_at: Generated<Date>;
}

/** Answers to requests with an `Idempotency-Key`. */
export interface IdempotencyTable {
  /** Who asked; keys of two users never meet. */
  readonly user_id: string;
  readonly operation: string;
  readonly key: string;
  /** SHA-256 of what was asked. */
  readonly fingerprint: string;
  /** Null while it is worked on. */
  readonly status: number | null;
  readonly headers: JSONColumnType<Record<string, string>> | null;
  readonly body: string | null;
  /** Until when it counts as worked on; later another try may take over. */
  readonly held_until: Date;
  /** Pod that works on it; null where it has no name. */
  readonly owner: string | null;
  readonly created_at: Generated<Date>;
}

/** Tables that the runtime has in the schema of each service. */
export interface RuntimeTables {
  /** Messages to be published. */
  readonly outbox: OutboxTable;
  /** Which replica publishes now. */
  readonly outbox_lease: OutboxLeaseTable;
  /** Messages that could not be published yet, and when they are tried again. */
  readonly outbox_put_off: OutboxPutOffTable;
  /** Messages that can never be published as things are. */
  readonly outbox_parked: OutboxParkedTable;
  /** Messages that are due later. */
  readonly outbox_later: OutboxLaterTable;
  /** Messages that were handled, so that none is handled twice. */
  readonly inbox: InboxTable;
  /** Answers by `Idempotency-Key`. */
  readonly idempotency: IdempotencyTable;
}
