import { sql, type Kysely } from 'kysely';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { RuntimeTables } from '../database/runtime-tables.ts';
import type { Logger } from '../log.ts';
import { isStoreAway } from '../unavailable.ts';

/** Counting stops here, so that a scrape stays cheap however long a table is. */
const MOST_COUNTED = 100_000;

/** The tables, each with the column that sorts it by age and the one that tells it. */
const TABLES = [
  { prefix: 'outbox', table: 'outbox', order: 'position', age: 'created_at', of: 'wait to be published' },
  { prefix: 'outbox_put_off', table: 'outbox_put_off', order: 'since', age: 'since', of: 'failed and are tried again' },
  { prefix: 'outbox_parked', table: 'outbox_parked', order: 'parked_at', age: 'parked_at', of: 'were set aside' },
  { prefix: 'outbox_later', table: 'outbox_later', order: 'due', age: 'due', of: 'wait for their time' },
] as const;

/**
 * Shows the outbox in `/metrics`: how many messages each table has, and the age of the oldest. The age of a delayed message is
 * the time since it was due. What cannot be counted at the moment is not shown. Returns what counts messages that are parked.
 */
export function measureOutbox(db: Kysely<RuntimeTables>, registry: Registry, log: Logger): Counter {
  const registers = [registry];
  for (const { prefix, table, order, age, of } of TABLES) {
    const oldest = new Gauge({ name: `${prefix}_oldest_seconds`, help: `Age of the oldest of those`, registers });
    new Gauge({
      name: `${prefix}_messages`,
      help: `Messages of the outbox that ${of}, at most ${MOST_COUNTED} are counted`,
      registers,
      async collect() {
        const counted = await sql<{ readonly count: number; readonly age: number }>`
          select (select count(*) from (select from ${sql.table(table)} limit ${sql.lit(MOST_COUNTED)}) as counted) as count,
                 coalesce((select greatest(0, extract(epoch from now() - ${sql.ref(age)})) from ${sql.table(table)}
                           order by ${sql.ref(order)} limit 1), 0)::float8 as age`
          .execute(db)
          .catch((err: unknown) => {
            if (!isStoreAway(err)) log.warn({ err, table }, 'the outbox could not be counted');
          });
        const [row] = counted?.rows ?? [];
        if (row === undefined) {
          this.remove();
          oldest.remove();
          return;
        }
        this.set(row.count);
        oldest.set(row.age);
      },
    });
  }
  return new Counter({ name: 'outbox_parked_total', help: 'Messages of the outbox that were parked', registers });
}
