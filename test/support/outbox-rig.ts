/** A PostgreSQL with the runtime's tables, a nats-server, writers and relays, for tests of the outbox. */
import { sql, type Kysely } from 'kysely';
import { DiscardPolicy, StorageType, type JetStreamManager } from 'nats';
import { z } from 'zod';
import { defineMessage } from '#declare';
import { temporaryFolder, type RunningNats, type RunningPostgres } from '#local';
import { connectionConfig } from '#runtime/database/connection-config';
import { openDatabase } from '#runtime/database/database';
import { migrate } from '#runtime/database/migrations';
import { openNats, type OpenNats } from '#runtime/events/connection';
import { outboxPublisherOn } from '#runtime/events/outbox-publisher';
import type { OutboxPublisher } from '#runtime/outbox/dispatch';
import { lanesOf } from '#runtime/outbox/lanes-of';
import { OutboxWriter, type Enqueued, type Transact } from '#runtime/outbox/outbox-writer';
import { RelayConnection } from '#runtime/outbox/relay-connection';
import { startRelay, type Relay, type RelayOptions } from '#runtime/outbox/relay';
import { createLogger, defineMigrations, type OpenDatabase, type RuntimeTables } from '#runtime';
import { startNats } from './nats.ts';
import { startPostgres } from './postgres.ts';

const payload = z.object({ n: z.int(), filling: z.string().optional() });

/** Messages for each way in which a stream may treat them. */
export const MESSAGES = {
  good: defineMessage({ subject: 'good.{aggregate}', payload }),
  also: defineMessage({ subject: 'also.changed', payload }),
  full: defineMessage({ subject: 'full.changed', payload }),
  small: defineMessage({ subject: 'small.changed', payload }),
  missing: defineMessage({ subject: 'missing.changed', payload }),
  silent: defineMessage({ subject: 'silent.changed', payload }),
  denied: defineMessage({ subject: 'denied.changed', payload }),
};

/** Kind of a message. */
export type Kind = keyof typeof MESSAGES;

const CONFIG = `
jetstream { store_dir: "DIR", max_file_store: 512MB, max_memory_store: 256MB }
max_payload: 1MB
authorization { users = [
  { user: admin, password: admin }
  { user: thing, password: thing, permissions: {
      publish: ["good.>", "also.>", "full.>", "small.>", "missing.>", "silent.>", "$JS.API.INFO"], subscribe: ["_INBOX_thing.>"] } }
] }`;

/** What a stream stored: subject, number and message id, in its order. */
export interface Stored {
  readonly subject: string;
  readonly aggregate: string;
  readonly n: number;
  readonly id: string;
}

const log = createLogger({ service: 'test', version: '0', level: process.env.OUTBOX_LOG ?? 'silent' });

/** Starts the servers. */
export async function startOutboxRig() {
  const postgres = await startPostgres({ database: 'video' });
  await postgres.sql(`create role thing login password 'pw'; create schema thing authorization thing`, 'video');
  const nats = await startNats(CONFIG.replace('DIR', temporaryFolder('outbox-nats')));
  const url = postgres.urlFor('thing', 'pw');
  const database = await openDatabase<unknown>({ url, schema: 'thing', poolMax: 10, deadlineMs: 10_000, log });
  await migrate(database.db, 'thing', defineMigrations({}));
  const admin = await linkAs(nats, 'admin');
  return new OutboxRig(postgres, nats, url, database, admin, await admin.connection.jetstreamManager());
}

async function linkAs(nats: RunningNats, user: string): Promise<OpenNats> {
  return await openNats({
    ...{ url: nats.url, user, password: user, name: user, inboxPrefix: `_INBOX_${user}`, deadlineMs: 10_000, log },
    onFatal: (error) => {
      throw error;
    },
  });
}

type RigRelayOptions = Partial<RelayOptions> & { readonly through?: (publisher: OutboxPublisher) => OutboxPublisher };

/** The servers and what a test does with them. */
export class OutboxRig {
  readonly postgres: RunningPostgres;
  readonly nats: RunningNats;
  readonly url: string;
  readonly db: Kysely<RuntimeTables>;
  readonly admin: OpenNats;
  readonly manager: JetStreamManager;
  readonly writer: OutboxWriter;
  readonly transact: Transact<unknown>;
  private readonly database: OpenDatabase;
  private readonly relays: { readonly relay: Relay; readonly link: OpenNats }[] = [];

  constructor(
    postgres: RunningPostgres,
    nats: RunningNats,
    url: string,
    database: OpenDatabase,
    admin: OpenNats,
    manager: JetStreamManager,
  ) {
    this.postgres = postgres;
    this.nats = nats;
    this.url = url;
    this.database = database;
    this.admin = admin;
    this.manager = manager;
    this.db = database.db as unknown as Kysely<RuntimeTables>;
    this.writer = new OutboxWriter('thing', () => this.relays.forEach(({ relay }) => relay.wake()));
    this.transact = this.writer.transactOn<unknown>(database.db);
  }

  /** Empties the tables and makes the streams again. */
  async reset(): Promise<void> {
    await this.stopRelays();
    await sql`truncate outbox, outbox_lease, outbox_put_off, outbox_parked, outbox_later`.execute(this.db);
    for (const { config } of await this.manager.streams.list().next()) await this.manager.streams.delete(config.name);
    await this.addStream('GOOD', ['good.>', 'also.>']);
    await this.addStream('SMALL', ['small.>'], { max_msg_size: 1000 });
    await this.addStream('FULL', ['full.>'], { max_msgs: 1, discard: DiscardPolicy.New });
    await this.admin.publishToStream('full.first', 'full', new Uint8Array());
  }

  async addStream(name: string, subjects: readonly string[], limits: object = {}): Promise<void> {
    await this.manager.streams.add({ name, subjects: [...subjects], storage: StorageType.File, ...limits });
  }

  /** Writes one message in a transaction of its own. */
  async write(kind: Kind, aggregate: string, n: number, more: Partial<Enqueued<never>> & { filling?: string } = {}) {
    const { filling, ...rest } = more;
    await this.transact(async (trx) => {
      const data = { n, ...(filling === undefined ? {} : { filling }) };
      const values = kind === 'good' ? { aggregate } : undefined;
      const outgoing = { aggregate, data, id: `${kind}-${aggregate}-${n}`, ...(values && { values }), ...rest };
      await this.writer.enqueue(trx, MESSAGES[kind], outgoing as never);
    });
  }

  /** Writes many messages at once, one transaction for all. */
  async writeMany(kind: Kind, aggregates: number, each: number): Promise<void> {
    await this.transact(async (trx) => {
      for (let n = 1; n <= each; n += 1) {
        for (let a = 0; a < aggregates; a += 1) {
          const aggregate = `${kind}${a}`;
          const values = kind === 'good' ? { values: { aggregate } } : {};
          const outgoing = { aggregate, data: { n }, id: `${aggregate}-${n}`, ...values };
          await this.writer.enqueue(trx, MESSAGES[kind], outgoing as never);
        }
      }
    });
  }

  /** A relay of its own, as another process would run it; `through` may hold up what it publishes. */
  async startRelay({ through, ...options }: RigRelayOptions = {}): Promise<Relay> {
    const link = await linkAs(this.nats, 'thing');
    const publisher = outboxPublisherOn(link);
    const relay = startRelay({
      connection: new RelayConnection(connectionConfig({ url: this.url, schema: 'thing' })),
      publisher: through?.(publisher) ?? publisher,
      laneOf: lanesOf(Object.values(MESSAGES)),
      pollMs: 20,
      log,
      ...options,
    });
    link.onReconnect(() => relay.retry());
    this.relays.push({ relay, link });
    return relay;
  }

  async stopRelays(): Promise<void> {
    for (const { relay, link } of this.relays.splice(0)) {
      await relay.stop();
      await link.close();
    }
  }

  /** How many rows a table has. */
  async count(table: keyof RuntimeTables): Promise<number> {
    const { rows } = await sql<{ readonly n: number }>`select count(*) as n from ${sql.table(table)}`.execute(this.db);
    return rows[0]?.n ?? 0;
  }

  /** All that a stream stored, in its order. */
  async stored(stream = 'GOOD'): Promise<readonly Stored[]> {
    const { state } = await this.manager.streams.info(stream);
    const read: Stored[] = [];
    if (state.messages === 0) return read;
    const consumer = await this.admin.connection.jetstream().consumers.get(stream);
    for await (const message of await consumer.fetch({ max_messages: state.messages, expires: 10_000 })) {
      const { subject: aggregate, id, data } = message.json<{ subject: string; id: string; data: { n: number } }>();
      read.push({ subject: message.subject, aggregate, n: data.n, id });
    }
    return read;
  }

  async stop(): Promise<void> {
    await this.stopRelays();
    await this.admin.close();
    await this.database.close();
    await Promise.all([this.postgres.stop(), this.nats.stop()]);
  }
}

/** The numbers of each aggregate, in the order of the stream. */
export function numbersByAggregate(stored: readonly Stored[]): Readonly<Record<string, readonly number[]>> {
  const numbers: Record<string, number[]> = {};
  for (const { aggregate, n } of stored) (numbers[aggregate] ??= []).push(n);
  return numbers;
}

/** 1, 2, …, count. */
export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
