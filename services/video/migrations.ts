import { defineMigrations } from '#runtime';
import { sql, type Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Migrations of the schema `video`. */
export const migrations = defineMigrations<Tables>({
  '0001-catalogue': { up: createCatalogue },
  '0002-projections': { up: createProjections },
  '0003-remarks': { up: addRemarks },
  '0004-retries': { up: addRetries },
});

async function createCatalogue(db: Kysely<unknown>): Promise<void> {
  // array_to_string is only `stable`, since it might meet types that are printed by settings; texts are not
  await sql`
    create function words_of(words text[]) returns text
    language sql immutable parallel safe return array_to_string(words, ' ')`.execute(db);
  await sql`
    create table video (
      id uuid primary key,
      owner_id uuid not null,
      title text not null,
      description text not null,
      tags text[] not null,
      visibility text not null check (visibility in ('public', 'unlisted', 'private')),
      file_name text not null,
      bytes bigint not null,
      ticket_expires_at timestamptz not null,
      version integer not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      uploaded_at timestamptz,
      processed_at timestamptz,
      failed_at timestamptz,
      published_at timestamptz,
      state text not null generated always as (
        case
          when processed_at is not null then 'ready'
          when failed_at is not null then 'failed'
          when uploaded_at is not null then 'processing'
          else 'draft'
        end) stored,
      duration_seconds double precision,
      revision text,
      width integer,
      height integer,
      has_audio boolean,
      has_poster boolean,
      renditions jsonb,
      failure_code text,
      failure_reason text,
      views bigint not null default 0,
      views_version integer not null default 0,
      likes integer not null default 0,
      comments integer not null default 0,
      search tsvector not null generated always as (
        setweight(to_tsvector('simple', title), 'A') ||
        setweight(to_tsvector('simple', words_of(tags)), 'B') ||
        setweight(to_tsvector('simple', description), 'C')) stored
    )`.execute(db);
  await sql`create index video_of_owner on video (owner_id, created_at desc, id desc)`.execute(db);
  await sql`create index video_by_age on video (published_at desc, id desc)
    where processed_at is not null and visibility = 'public'`.execute(db);
  await sql`create index video_by_views on video (views desc, id desc)
    where processed_at is not null and visibility = 'public'`.execute(db);
  await sql`create index video_words on video using gin (search)`.execute(db);
  await sql`create index video_tags on video using gin (tags)`.execute(db);
  await sql`
    create table video_like (
      video_id uuid not null references video on delete cascade,
      user_id uuid not null,
      liked_at timestamptz not null,
      primary key (video_id, user_id)
    )`.execute(db);
  await sql`create index video_like_of_user on video_like (user_id)`.execute(db);
  await sql`
    create table comment (
      id uuid primary key,
      video_id uuid not null references video on delete cascade,
      author_id uuid not null,
      text text not null,
      created_at timestamptz not null
    )`.execute(db);
  await sql`create index comment_of_video on comment (video_id, created_at desc, id desc)`.execute(db);
  await sql`create index comment_of_author on comment (author_id)`.execute(db);
}

async function createProjections(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table person (
      user_id uuid primary key,
      handle text not null,
      display_name text not null,
      version integer not null
    )`.execute(db);
  await sql`create index person_by_handle on person (handle)`.execute(db);
  await sql`
    create table follow (
      follower_id uuid not null,
      followee_id uuid not null,
      follows boolean not null,
      version integer not null,
      primary key (follower_id, followee_id)
    )`.execute(db);
  await sql`create index follow_of_followee on follow (followee_id)`.execute(db);
  await sql`
    create table quota (
      user_id uuid primary key,
      limit_bytes bigint not null,
      used_bytes bigint not null,
      version integer not null
    )`.execute(db);
  await sql`create table departed (user_id uuid primary key, departed_at timestamptz not null)`.execute(db);
}

async function addRemarks(db: Kysely<unknown>): Promise<void> {
  await sql`alter table video add column remarks jsonb not null default '[]'`.execute(db);
}

async function addRetries(db: Kysely<unknown>): Promise<void> {
  await sql`alter table video add column failed_run integer, add column retried_run integer`.execute(db);
}
