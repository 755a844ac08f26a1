/** PostgreSQL for a service that starts. A module of its own, loaded only where the declaration has a database. */
import type { Kysely } from 'kysely';
import type { Dependency } from '../dependency.ts';
import type { Health } from '../http/health.ts';
import type { IdempotencyStore } from '../http/idempotency.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Lifetime } from '../lifetime.ts';
import type { Logger } from '../log.ts';
import type { Loop } from '../loop.ts';
import type { Settings } from '../settings.ts';
import { connectionConfig } from './connection-config.ts';
import { openDatabase, type Database } from './database.ts';
import type { Migrations } from './define-migrations.ts';
import { freeKeysOf, idempotencyStore } from './idempotency-store.ts';
import { inboxGroups, type InboxGroups } from './inbox-groups.ts';
import { migrateApart } from './migration-database.ts';
import { OutboxWriter, type Transact } from '../outbox/outbox-writer.ts';
import type { OutboxPublisher } from '../outbox/dispatch.ts';
import { measureOutbox } from '../outbox/outbox-metrics.ts';
import { RelayConnection } from '../outbox/relay-connection.ts';
import { startRelay, type Relay } from '../outbox/relay.ts';
import type { RuntimeTables } from './runtime-tables.ts';
import { sweep } from './sweep.ts';

/** A database that is open and migrated, and what the runtime does with it. */
export interface StartedDatabase {
  readonly db: Database;
  /** Asked before each pull: nothing is pulled while it is away, so that messages do not use up their deliveries. */
  readonly dependency: Dependency;
  readonly idempotency: IdempotencyStore;
  /** Deletes rows that are no longer needed; entries of the inbox after so many seconds, or never. */
  housekeeping(inboxSeconds: number | undefined): Loop;
  /** Writes messages of the service `source`; `onCommit` is called after each commit that wrote some. */
  outboxWriter(source: string, onCommit: () => void): OutboxWriter;
  startRelay(publisher: OutboxPublisher, laneOf: (subject: string) => string): Relay;
  groups(transact: Transact<unknown>): InboxGroups<unknown>;
}

const HOUR_MS = 3_600_000;
const IDEMPOTENCY_SECONDS = 2 * 86_400;

/** Opens the database and migrates it; it closes with the service and shows in `/readyz`. */
export async function startDatabase(
  settings: Settings,
  around: {
    readonly migrations: Migrations | undefined;
    readonly hotReads: boolean;
    readonly life: Lifetime;
    readonly health: Health;
    readonly metrics: Metrics;
    readonly log: Logger;
  },
): Promise<StartedDatabase> {
  const { life, health, metrics, log } = around;
  const { url, schema, poolMax, statementTimeoutMs, outboxPollMs } = settings.database;
  const database = await openDatabase({
    ...{ url, schema, poolMax, statementTimeoutMs, log },
    deadlineMs: settings.startDeadlineMs,
    hotReads: around.hotReads,
  });
  life.addStore('postgres', database.close);
  health.add(database.dependency);
  await migrateApart({ url, schema, log }, around.migrations);
  const db = database.db as Kysely<RuntimeTables>;
  if (settings.pod !== undefined) await freeKeysOf(db, log, { pod: settings.pod, statementTimeoutMs });
  return {
    db: database.db,
    dependency: database.dependency,
    idempotency: idempotencyStore(db, log, { pod: settings.pod }),
    housekeeping: (inboxSeconds) => housekeeping(db, inboxSeconds),
    outboxWriter: (source, onCommit) => new OutboxWriter(source, onCommit),
    startRelay(publisher, laneOf) {
      const parked = measureOutbox(db, metrics.registry, log);
      const connection = new RelayConnection(connectionConfig({ url, schema }));
      const onParked = (count: number): void => parked.inc(count);
      const relay = startRelay({ connection, publisher, laneOf, pollMs: outboxPollMs, log, onParked });
      life.add('relay', async () => await relay.stop());
      return relay;
    },
    groups: (transact) => inboxGroups(transact, log),
  };
}

function housekeeping(db: Kysely<RuntimeTables>, inboxSeconds: number | undefined): Loop {
  const before = (seconds: number): Date => new Date(Date.now() - seconds * 1000);
  return {
    name: 'housekeeping',
    everyMs: HOUR_MS,
    // processes that live for less than an hour sweep too
    firstRun: 'at start',
    run: async (ending) => {
      if (inboxSeconds !== undefined) await sweep(db, 'inbox', before(inboxSeconds), ending);
      await sweep(db, 'idempotency', before(IDEMPOTENCY_SECONDS), ending);
    },
  };
}
