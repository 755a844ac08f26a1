import { defineMigrations } from '#runtime';
import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Migrations of the schema `media`. */
export const migrations = defineMigrations<Tables>({
  '0001-uploads-and-revisions': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('video')
        .addColumn('video_id', 'uuid', (column) => column.primaryKey())
        .addColumn('owner_id', 'uuid', (column) => column.notNull())
        .addColumn('visibility', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('deleted', 'boolean', (column) => column.notNull().defaultTo(false))
        .execute();
      await db.schema.createIndex('video_of_owner').on('video').column('owner_id').execute();
      await db.schema
        .createTable('upload')
        .addColumn('upload_id', 'text', (column) => column.primaryKey())
        .addColumn('video_id', 'uuid', (column) => column.notNull().unique())
        .addColumn('owner_id', 'uuid', (column) => column.notNull())
        .addColumn('file_name', 'text', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addColumn('metadata', 'jsonb', (column) => column.notNull())
        .addColumn('content_type', 'text')
        .addColumn('started_at', 'timestamptz', (column) => column.notNull())
        .addColumn('expires_at', 'timestamptz', (column) => column.notNull())
        .addColumn('completed_at', 'timestamptz')
        .execute();
      await db.schema.createIndex('upload_of_owner').on('upload').column('owner_id').execute();
      await db.schema
        .createTable('revision')
        .addColumn('video_id', 'uuid', (column) => column.notNull())
        .addColumn('revision', 'text', (column) => column.notNull())
        .addColumn('job_id', 'uuid', (column) => column.notNull().unique())
        .addColumn('duration_seconds', 'double precision', (column) => column.notNull())
        .addColumn('width', 'integer', (column) => column.notNull())
        .addColumn('height', 'integer', (column) => column.notNull())
        .addColumn('has_audio', 'boolean', (column) => column.notNull())
        .addColumn('has_poster', 'boolean', (column) => column.notNull())
        .addColumn('renditions', 'jsonb', (column) => column.notNull())
        .addColumn('stored_bytes', 'bigint', (column) => column.notNull())
        .addColumn('created_at', 'timestamptz', (column) => column.notNull())
        .addPrimaryKeyConstraint('revision_key', ['video_id', 'revision'])
        .execute();
      await db.schema
        .createTable('cancelled_run')
        .addColumn('job_id', 'uuid', (column) => column.notNull())
        .addColumn('run', 'integer', (column) => column.notNull())
        .addColumn('cancelled_at', 'timestamptz', (column) => column.notNull())
        .addPrimaryKeyConstraint('cancelled_run_key', ['job_id', 'run'])
        .execute();
    },
  },
});
