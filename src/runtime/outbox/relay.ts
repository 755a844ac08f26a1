/**
 * Publishes the outbox. Any number of relays may run: each locks what it publishes (`for update skip locked`), and takes of
 * an aggregate only its oldest message, so two relays never overlap and an aggregate's messages keep their order.
 */
import { encodeEnvelope, type Envelope } from '#declare';
import type { Kysely } from 'kysely';
import { Gauge, type Registry } from 'prom-client';
import type { Logger } from '../log.ts';
import { textOf } from '../dependency.ts';
import type { RuntimeTables } from '../database/runtime-tables.ts';

/** Publishes one message and resolves when the stream has it. */
export type PublishReady = (message: {
  readonly subject: string;
  readonly messageId: string;
  readonly bytes: Uint8Array;
}) => Promise<void>;

/** A relay that runs. */
export interface Relay {
  /** Looks at once; called after each commit that wrote a message. */
  wake(): void;
  /** Finishes the batch that it is at and ends. */
  stop(): Promise<void>;
}

/** How a relay runs. */
export interface RelayOptions {
  readonly db: Kysely<RuntimeTables>;
  readonly publish: PublishReady;
  /** Milliseconds between two looks when nobody wakes it; finds what a killed process left. */
  readonly pollMs: number;
  /** Most messages of one transaction. @default 100 */
  readonly batchSize?: number;
  readonly log: Logger;
}

const LONGEST_PAUSE_MS = 5000;

/** Publishes one batch. Gives how many were published; throws what publishing threw when none could be. */
export async function relayBatch(db: Kysely<RuntimeTables>, publish: PublishReady, batchSize = 100): Promise<number> {
  return await db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom('outbox as next')
      .select(['position', 'message_id', 'subject', 'envelope'])
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('outbox as older')
              .select('older.position')
              .whereRef('older.aggregate', '=', 'next.aggregate')
              .whereRef('older.position', '<', 'next.position'),
          ),
        ),
      )
      .orderBy('position')
      .limit(batchSize)
      .forUpdate()
      .skipLocked()
      .execute();
    if (rows.length === 0) return 0;
    const sending = rows.map(async ({ message_id, subject, envelope }) => {
      await publish({ subject, messageId: message_id, bytes: encodeEnvelope(envelope as Envelope) });
    });
    const outcomes = await Promise.allSettled(sending);
    const published = rows.filter((_, i) => outcomes[i]?.status === 'fulfilled').map(({ position }) => position);
    if (published.length === 0) throw outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
    await trx.deleteFrom('outbox').where('position', 'in', published).execute();
    return published.length;
  });
}

/** Starts a relay. Failures are retried forever with growing pauses: what was committed is never given up. */
export function startRelay(options: RelayOptions): Relay {
  const { db, publish, pollMs, batchSize = 100, log } = options;
  let stopped = false;
  let awake = true;
  let ring: () => void = () => undefined;
  let failures = 0;

  async function wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      ring = () => {
        clearTimeout(timer);
        resolve();
      };
      if (stopped || (awake && failures === 0)) ring();
    });
  }

  async function run(): Promise<void> {
    while (!stopped) {
      awake = false;
      try {
        const count = await relayBatch(db, publish, batchSize);
        failures = 0;
        if (count > 0) continue;
      } catch (error) {
        failures += 1;
        log.warn({ reason: textOf(error), failures }, 'the outbox could not be published, tries again');
      }
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- stop() can be called during an await
      if (stopped) return;
      await wait(failures === 0 ? pollMs : Math.min(pollMs * 2 ** (failures - 1), LONGEST_PAUSE_MS));
    }
  }

  const ended = run();
  return {
    wake() {
      awake = true;
      if (failures === 0) ring();
    },
    async stop() {
      stopped = true;
      ring();
      await ended;
    },
  };
}

/** Shows in `/metrics` how many messages wait and how long the oldest has. */
export function measureOutbox(db: Kysely<RuntimeTables>, registry: Registry): void {
  const oldest = new Gauge({ name: 'outbox_oldest_seconds', help: 'Age of the oldest message', registers: [registry] });
  new Gauge({
    name: 'outbox_messages',
    help: 'Messages that wait to be published',
    registers: [registry],
    async collect() {
      const row = await db
        .selectFrom('outbox')
        .select(({ fn }) => [fn.countAll<number>().as('count'), fn.min('created_at').as('since')])
        .executeTakeFirst()
        .catch(() => undefined);
      if (row === undefined) return;
      this.set(row.count);
      oldest.set((row.since as Date | null) === null ? 0 : (Date.now() - row.since.getTime()) / 1000);
    },
  });
}
