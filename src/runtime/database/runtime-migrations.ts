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
};
