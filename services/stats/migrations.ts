import { defineMigrations } from '#runtime';
import { sql, type Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Migrations of the schema `stats`. */
export const migrations = defineMigrations<Tables>({ '0001-figures': { up: createFigures } });

async function createFigures(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table video (
      video_id uuid primary key,
      owner_id uuid not null,
      title text,
      title_version integer not null default 0,
      duration_seconds double precision,
      published_at timestamptz,
      visibility text not null check (visibility in ('public', 'unlisted', 'private')),
      visibility_version integer not null,
      deleted boolean not null default false,
      views bigint not null default 0,
      watch_seconds double precision not null default 0,
      viewers bigint not null default 0,
      figures_version integer not null default 0
    )`.execute(db);
  await sql`create index video_of_owner on video (owner_id) where not deleted`.execute(db);
  await sql`
    create table figure (
      video_id uuid not null references video,
      hour timestamptz not null,
      views integer not null,
      watch_seconds double precision not null,
      viewers integer not null,
      primary key (video_id, hour)
    )`.execute(db);
  await sql`create index figure_by_hour on figure (hour)`.execute(db);
  await sql`create table applied_batch (batch_id uuid primary key, applied_at timestamptz not null)`.execute(db);
}
