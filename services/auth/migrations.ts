import { defineMigrations } from '#runtime';
import { sql, type Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Migrations of the schema `auth`. */
export const migrations = defineMigrations<Tables>({
  '0001-accounts': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('account')
        .addColumn('user_id', 'uuid', (column) => column.primaryKey())
        .addColumn('handle', 'text', (column) => column.notNull())
        .addColumn('email', 'text', (column) => column.notNull())
        .addColumn('display_name', 'text', (column) => column.notNull())
        .addColumn('role', 'text', (column) => column.notNull().check(sql`role in ('user', 'admin')`))
        .addColumn('password_hash', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'timestamptz', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('account_handle').unique().on('account').column('handle').execute();
      await db.schema
        .createIndex('account_email')
        .unique()
        .on('account')
        .expression(sql`lower(email)`)
        .execute();
      await db.schema
        .createTable('retired_handle')
        .addColumn('handle', 'text', (column) => column.primaryKey())
        .addColumn('retired_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .execute();
      await db.schema
        .createTable('first_admin_link')
        .addColumn('only_one', 'boolean', (column) =>
          column
            .primaryKey()
            .defaultTo(true)
            .check(sql`only_one`),
        )
        .addColumn('token_hash', 'text', (column) => column.notNull())
        .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
        .execute();
    },
  },
});
