import { defineMigrations } from '#runtime';
import { sql, type Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Migrations of the schema `user`, which is a reserved word of SQL: kysely quotes it. */
export const migrations = defineMigrations<Tables>({
  '0001-profiles': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('profile')
        .addColumn('user_id', 'uuid', (column) => column.primaryKey())
        .addColumn('handle', 'text', (column) => column.notNull())
        .addColumn('display_name', 'text', (column) => column.notNull())
        .addColumn('bio', 'text', (column) => column.notNull().defaultTo(''))
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('account_version', 'integer', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('joined_at', 'timestamptz', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('profile_handle').unique().on('profile').column('handle').execute();
      await db.schema.createIndex('profile_joined').on('profile').columns(['joined_at', 'user_id']).execute();
      await db.schema
        .createTable('gone_account')
        .addColumn('user_id', 'uuid', (column) => column.primaryKey())
        .addColumn('gone_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .execute();
      await db.schema
        .createTable('settings')
        .addColumn('user_id', 'uuid', (column) => column.primaryKey().references('profile.user_id').onDelete('cascade'))
        .addColumn('theme', 'text', (column) => column.notNull().defaultTo('system'))
        .addColumn('autoplay', 'boolean', (column) => column.notNull().defaultTo(true))
        .addColumn('keep_history', 'boolean', (column) => column.notNull().defaultTo(true))
        .addColumn('default_visibility', 'text', (column) => column.notNull().defaultTo('public'))
        .execute();
    },
  },
  '0002-quotas': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('quota')
        .addColumn('user_id', 'uuid', (column) => column.primaryKey().references('profile.user_id').onDelete('cascade'))
        .addColumn('limit_bytes', 'bigint', (column) => column.notNull())
        .addColumn('used_bytes', 'bigint', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('stored_video')
        .addColumn('video_id', 'uuid', (column) => column.primaryKey())
        .addColumn('owner_id', 'uuid', (column) => column.notNull())
        .addColumn('quota_bytes', 'bigint', (column) => column.notNull())
        .addColumn('changed_at', 'timestamptz', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('stored_video_owner').on('stored_video').column('owner_id').execute();
    },
  },
  '0003-follows': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('follow')
        .addColumn('follower_id', 'uuid', (column) =>
          column.notNull().references('profile.user_id').onDelete('cascade'),
        )
        .addColumn('followee_id', 'uuid', (column) =>
          column.notNull().references('profile.user_id').onDelete('cascade'),
        )
        .addColumn('active', 'boolean', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('followed_at', 'timestamptz', (column) => column.notNull())
        .addPrimaryKeyConstraint('follow_key', ['follower_id', 'followee_id'])
        .addCheckConstraint('follow_of_another', sql`follower_id <> followee_id`)
        .execute();
      for (const [name, side, other] of [
        ['followers', 'followee_id', 'follower_id'],
        ['following', 'follower_id', 'followee_id'],
      ] as const) {
        await db.schema
          .createIndex(`follow_${name}`)
          .on('follow')
          .columns([side, 'followed_at', other])
          .where(sql.ref('active'), '=', true)
          .execute();
      }
      await db.schema
        .createTable('audience_change')
        .addColumn('change_id', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity())
        .addColumn('followee_id', 'uuid', (column) =>
          column.notNull().references('profile.user_id').onDelete('cascade'),
        )
        .addColumn('gained', 'smallint', (column) => column.notNull())
        .addColumn('changed_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .execute();
      await db.schema
        .createIndex('audience_change_time')
        .on('audience_change')
        .columns(['followee_id', 'changed_at'])
        .execute();
    },
  },
  '0004-history': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('watched')
        .addColumn('user_id', 'uuid', (column) => column.notNull().references('profile.user_id').onDelete('cascade'))
        .addColumn('video_id', 'uuid', (column) => column.notNull())
        .addColumn('position_seconds', 'double precision', (column) => column.notNull())
        .addColumn('duration_seconds', 'double precision', (column) => column.notNull())
        .addColumn('watched_at', 'timestamptz', (column) => column.notNull())
        .addPrimaryKeyConstraint('watched_key', ['user_id', 'video_id'])
        .execute();
      await db.schema
        .createIndex('watched_time')
        .on('watched')
        .columns(['user_id', 'watched_at', 'video_id'])
        .execute();
      await db.schema.createIndex('watched_video').on('watched').column('video_id').execute();
    },
  },
});
