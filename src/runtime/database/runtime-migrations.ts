import { sql, type Kysely, type Migration } from 'kysely';

/** Migrations of the runtime's own tables. */
export const RUNTIME_MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-outbox-inbox-idempotency': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('outbox')
        .addColumn('position', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity())
        .addColumn('message_id', 'text', (column) => column.notNull().unique())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('aggregate', 'text', (column) => column.notNull())
        .addColumn('envelope', 'jsonb', (column) => column.notNull())
        .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .execute();
      await db.schema.createIndex('outbox_of_aggregate').on('outbox').columns(['aggregate', 'position']).execute();
      await db.schema
        .createTable('inbox')
        .addColumn('consumer', 'text', (column) => column.notNull())
        .addColumn('message_id', 'text', (column) => column.notNull())
        .addColumn('handled_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .addPrimaryKeyConstraint('inbox_key', ['consumer', 'message_id'])
        .execute();
      await db.schema.createIndex('inbox_by_age').on('inbox').column('handled_at').execute();
      await db.schema
        .createTable('idempotency')
        .addColumn('user_id', 'text', (column) => column.notNull())
        .addColumn('operation', 'text', (column) => column.notNull())
        .addColumn('key', 'text', (column) => column.notNull())
        .addColumn('fingerprint', 'text', (column) => column.notNull())
        .addColumn('status', 'integer')
        .addColumn('headers', 'jsonb')
        .addColumn('body', 'text')
        .addColumn('held_until', 'timestamptz', (column) => column.notNull())
        .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .addPrimaryKeyConstraint('idempotency_key', ['user_id', 'operation', 'key'])
        .execute();
      await db.schema.createIndex('idempotency_by_age').on('idempotency').column('created_at').execute();
    },
  },
  /** Tables beside the outbox, which pods of the version before do not know: the outbox itself stays as it is. */
  '0002-outbox-relay': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('outbox_lease')
        .addColumn('part', 'smallint', (column) => column.primaryKey())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('until', 'timestamptz', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('outbox_put_off')
        .addColumn('position', 'bigint', (column) => column.primaryKey())
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('next_at', 'timestamptz', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('since', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .execute();
      await db.schema
        .createTable('outbox_parked')
        .addColumn('position', 'bigint', (column) => column.primaryKey())
        .addColumn('message_id', 'text', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('aggregate', 'text', (column) => column.notNull())
        .addColumn('envelope', 'jsonb', (column) => column.notNull())
        .addColumn('created_at', 'timestamptz', (column) => column.notNull())
        .addColumn('parked_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .addColumn('reason', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('outbox_later')
        .addColumn('id', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity())
        .addColumn('due', 'timestamptz', (column) => column.notNull())
        .addColumn('message_id', 'text', (column) => column.notNull().unique())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('aggregate', 'text', (column) => column.notNull())
        .addColumn('envelope', 'jsonb', (column) => column.notNull())
        .addColumn('created_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .execute();
      await db.schema.createIndex('outbox_later_by_due').on('outbox_later').column('due').execute();
    },
  },
  '0003-idempotency-owner': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.alterTable('idempotency').addColumn('owner', 'text').execute();
      await db.schema
        .createIndex('idempotency_of_owner')
        .on('idempotency')
        .column('owner')
        .where(sql.ref('status'), 'is', null)
        .execute();
    },
  },
};
