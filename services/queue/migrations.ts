import { defineMigrations } from '#runtime';
import { sql, type Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Migrations of the schema `queue`. */
export const migrations = defineMigrations<Tables>({
  '0001-ledger-and-dead-letters': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('job')
        .addColumn('job_id', 'uuid', (column) => column.primaryKey())
        .addColumn('video_id', 'uuid', (column) => column.notNull())
        .addColumn('owner_id', 'uuid', (column) => column.notNull())
        .addColumn('upload_id', 'text', (column) => column.notNull().unique())
        .addColumn('file_name', 'text', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('run', 'integer', (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('phase', 'text')
        .addColumn('percent', 'double precision', (column) => column.notNull())
        .addColumn('worker', 'text')
        .addColumn('reason', 'text')
        .addColumn('progress_attempt', 'integer', (column) => column.notNull())
        .addColumn('progress_sequence', 'integer', (column) => column.notNull())
        .addColumn('created_at', 'timestamptz', (column) => column.notNull())
        .addColumn('queued_at', 'timestamptz', (column) => column.notNull())
        .addColumn('started_at', 'timestamptz')
        .addColumn('ended_at', 'timestamptz')
        .addColumn('updated_at', 'timestamptz', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('job_of_video').on('job').column('video_id').execute();
      await db.schema.createIndex('job_by_age').on('job').columns(['created_at', 'job_id']).execute();
      await db.schema.createIndex('job_of_owner').on('job').columns(['owner_id', 'created_at', 'job_id']).execute();
      await db.schema
        .createIndex('job_under_way')
        .on('job')
        .column('updated_at')
        .where(sql.ref('state'), 'in', sql`('queued', 'running')`)
        .execute();
      await db.schema
        .createTable('attempt')
        .addColumn('job_id', 'uuid', (column) => column.notNull().references('job.job_id').onDelete('cascade'))
        .addColumn('run', 'integer', (column) => column.notNull())
        .addColumn('attempt', 'integer', (column) => column.notNull())
        .addColumn('worker', 'text', (column) => column.notNull())
        .addColumn('outcome', 'text', (column) => column.notNull())
        .addColumn('reason', 'text')
        .addColumn('started_at', 'timestamptz', (column) => column.notNull())
        .addColumn('ended_at', 'timestamptz')
        .addPrimaryKeyConstraint('attempt_key', ['job_id', 'run', 'attempt'])
        .execute();
      await db.schema
        .createTable('dead_letter')
        .addColumn('dead_letter_id', 'bigint', (column) => column.primaryKey())
        .addColumn('service', 'text', (column) => column.notNull())
        .addColumn('durable', 'text', (column) => column.notNull())
        .addColumn('stream', 'text', (column) => column.notNull())
        .addColumn('stream_sequence', 'bigint', (column) => column.notNull())
        .addColumn('subject', 'text', (column) => column.notNull())
        .addColumn('message_id', 'text')
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('cause', 'text', (column) => column.notNull())
        .addColumn('deliveries', 'integer', (column) => column.notNull())
        .addColumn('payload', 'text')
        .addColumn('job_id', 'uuid')
        .addColumn('died_at', 'timestamptz', (column) => column.notNull())
        .addColumn('redriven_at', 'timestamptz')
        .execute();
      await db.schema
        .createIndex('dead_letter_of_message')
        .on('dead_letter')
        .columns(['durable', 'stream', 'stream_sequence'])
        .execute();
      await db.schema.createIndex('dead_letter_of_job').on('dead_letter').column('job_id').execute();
      await db.schema
        .createTable('gone')
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('id', 'uuid', (column) => column.notNull())
        .addColumn('gone_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
        .addPrimaryKeyConstraint('gone_key', ['kind', 'id'])
        .execute();
    },
  },
  '0002-what-cannot-be-redriven': {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema.alterTable('job').addColumn('failure', 'text').execute();
      await db.schema.alterTable('dead_letter').addColumn('run', 'integer').execute();
    },
  },
});
