import { defineMigrations } from '#runtime';
import { sql, type Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Migrations of the schema `notif`. */
export const migrations = defineMigrations<Tables>({
  '0001-mailboxes': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('mailbox')
        .addColumn('user_id', 'uuid', (column) => column.primaryKey())
        .addColumn('last_id', 'bigint', (column) => column.notNull().defaultTo(0))
        .addColumn('unread', 'integer', (column) =>
          column
            .notNull()
            .defaultTo(0)
            .check(sql`unread >= 0`),
        )
        .addColumn('closed_at', 'timestamptz')
        .execute();
      await db.schema
        .createTable('notification')
        .addColumn('user_id', 'uuid', (column) => column.notNull())
        .addColumn('id', 'bigint', (column) => column.notNull())
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('cause', 'text', (column) => column.notNull())
        .addColumn('title', 'text', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addColumn('link', 'text', (column) => column.notNull())
        .addColumn('actor_id', 'uuid')
        .addColumn('actor_handle', 'text')
        .addColumn('actor_name', 'text')
        .addColumn('video_id', 'uuid')
        .addColumn('created_at', 'timestamptz', (column) => column.notNull())
        .addColumn('read_at', 'timestamptz')
        .addPrimaryKeyConstraint('notification_key', ['user_id', 'id'])
        .addUniqueConstraint('notification_cause', ['user_id', 'cause'])
        .execute();
      await sql`create index notification_unread on notification (user_id, id) where read_at is null`.execute(db);
      await sql`create index notification_actor on notification (actor_id) where actor_id is not null`.execute(db);
    },
  },
  '0002-preferences': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('preference')
        .addColumn('user_id', 'uuid', (column) => column.primaryKey())
        .addColumn('video_published', 'boolean', (column) => column.notNull())
        .addColumn('video_commented', 'boolean', (column) => column.notNull())
        .addColumn('video_liked', 'boolean', (column) => column.notNull())
        .addColumn('followed', 'boolean', (column) => column.notNull())
        .execute();
    },
  },
  '0003-follows-and-publications': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('follow_change')
        .addColumn('followee_id', 'uuid', (column) => column.notNull())
        .addColumn('follower_id', 'uuid', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('following', 'boolean', (column) => column.notNull())
        .addColumn('changed_at', 'timestamptz', (column) => column.notNull())
        .addPrimaryKeyConstraint('follow_change_key', ['followee_id', 'follower_id', 'version'])
        .execute();
      await db.schema.createIndex('follow_change_follower').on('follow_change').column('follower_id').execute();
      await db.schema
        .createTable('publication')
        .addColumn('video_id', 'uuid', (column) => column.primaryKey())
        .addColumn('owner_id', 'uuid', (column) => column.notNull())
        .addColumn('owner_handle', 'text', (column) => column.notNull())
        .addColumn('owner_name', 'text', (column) => column.notNull())
        .addColumn('title', 'text', (column) => column.notNull())
        .addColumn('published_at', 'timestamptz', (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex('publication_owner')
        .on('publication')
        .columns(['owner_id', 'published_at'])
        .execute();
    },
  },
});
