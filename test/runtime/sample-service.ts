/** The worked sample of docs/runtime.md: notes, which counts the notes of each user. */
import { platformEnv } from '#catalog';
import { pageOf, pageQuery, type ServiceName } from '#contracts';
import { consume, defineApi, declareService, defineMessage, defineStream, defineTopology, Env } from '#declare';
import {
  decodeCursor,
  defineMigrations,
  defineService,
  HttpError,
  notFound,
  pageFrom,
  redisSessions,
  type CallOf,
  type Database,
  type RedisSessions,
  type ServiceDefinition,
  type Service,
} from '#runtime';
import { sessionSchema, type Session } from '#services/platform';
import { sql, type Generated } from 'kysely';
import { z } from 'zod';

export const noteWritten = defineMessage({
  subject: 'events.notes.written',
  payload: z.object({ noteId: z.uuid(), ownerId: z.uuid(), text: z.string() }),
});

export const notes = declareService({
  name: 'notes',
  route: '/api/notes',
  env: [...platformEnv('notes' as ServiceName), Env.value('NOTES_MAX', 3), Env.value('DB_STATEMENT_TIMEOUT_MS', 5000)],
  publishes: [noteWritten],
  consumes: [consume(noteWritten, { nakDelaysSeconds: [0.05], maxDeliver: 3, ackWaitSeconds: 2 })],
  jetstream: { provisions: true },
  databaseSchema: 'notes',
  redisKeys: { writes: ['notes:*', 'rl:notes:*', 'session:*'] },
});

const note = z.object({ noteId: z.uuid(), text: z.string(), version: z.int() });

export const notesApi = defineApi('notes', {
  listNotes: {
    method: 'get',
    path: '/notes',
    access: 'session',
    summary: 'Own notes, the newest first',
    query: pageQuery,
    response: pageOf(note),
    status: 200,
  },
  writeNote: {
    method: 'post',
    path: '/notes',
    access: 'session',
    summary: 'Write a note',
    body: z.strictObject({ text: z.string().min(1).max(200) }),
    response: note,
    status: 201,
    idempotent: true,
  },
  readNote: {
    method: 'get',
    path: '/notes/:noteId',
    access: 'optional',
    summary: 'A note',
    params: z.object({ noteId: z.uuid() }),
    response: note,
    status: 200,
    concurrency: 'etag',
  },
  changeNote: {
    method: 'patch',
    path: '/notes/:noteId',
    access: 'session',
    summary: 'Change a note',
    params: z.object({ noteId: z.uuid() }),
    body: z.strictObject({ text: z.string().min(1).max(200) }),
    response: note,
    status: 200,
    concurrency: 'if-match',
  },
  countNotes: {
    method: 'get',
    path: '/admin/count',
    access: 'admin',
    summary: 'How many notes there are',
    response: z.object({ notes: z.int() }),
    status: 200,
  },
});

export interface NotesTables {
  readonly note: {
    readonly note_id: string;
    readonly owner_id: string;
    readonly text: string;
    readonly version: Generated<number>;
    readonly created_at: Generated<Date>;
  };
  readonly tally: { readonly owner_id: string; readonly notes: number };
}

export const migrations = defineMigrations<NotesTables>({
  '0001-notes': {
    async up(db) {
      await sql`create table note (note_id uuid primary key, owner_id uuid not null, text text not null,
        version integer not null default 1, created_at timestamptz not null default now())`.execute(db);
      await sql`create table tally (owner_id uuid primary key, notes integer not null)`.execute(db);
    },
  },
});

/** A session as this sample reads it: the platform's, since the test's stores open those. */
export type NotesSessions = RedisSessions<Session>;
export type NotesService = Service<typeof notes, NotesTables, NotesSessions>;

/**
 * Writes a note and tells of it, in one transaction. A repetition after a crash has the same id: it meets the row of the
 * first try, and its message is the same message.
 */
async function writeNote(service: NotesService, call: CallOf<typeof notesApi, 'writeNote', Session>) {
  const { db, config } = service;
  if ((await countNotes(db, call.session.userId)) >= config.NOTES_MAX) {
    throw new HttpError(QUOTA_EXCEEDED, { detail: `at most ${config.NOTES_MAX} notes` });
  }
  return await service.transaction(async (trx) => {
    const row = { note_id: call.creationId, owner_id: call.session.userId, text: call.body.text };
    const { version } = await trx
      .insertInto('note')
      .values(row)
      .onConflict((conflict) => conflict.column('note_id').doUpdateSet((eb) => ({ text: eb.ref('excluded.text') })))
      .returning('version')
      .executeTakeFirstOrThrow();
    const data = { noteId: row.note_id, ownerId: row.owner_id, text: row.text };
    await service.enqueue(trx, noteWritten, { id: `${row.note_id}-written`, aggregate: row.note_id, data });
    return { noteId: row.note_id, text: row.text, version };
  });
}

async function countNotes(db: Database<NotesTables>, ownerId: string): Promise<number> {
  const { count } = await db
    .selectFrom('note')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('owner_id', '=', ownerId)
    .executeTakeFirstOrThrow();
  return count;
}

/** A problem of its own, beside the runtime's. */
const QUOTA_EXCEEDED = { code: 'quota_exceeded', status: 413, title: 'no more notes' };

/** What a test changes of the sample. */
export interface NotesOverrides {
  /** Called within the transaction of each effect. */
  readonly onWritten?: (text: string, attempt: number) => Promise<void>;
  readonly onRead?: () => Promise<void>;
}

export function notesDefinition(
  overrides: NotesOverrides = {},
): ServiceDefinition<typeof notes, typeof notesApi, NotesTables, NotesSessions, undefined> {
  return defineService(notes, {
    api: notesApi,
    migrations,
    topology: notesTopology,
    sessions: ({ redis, config }) =>
      redisSessions({
        redis,
        schema: sessionSchema,
        publicOrigin: config.PUBLIC_ORIGIN,
        cookieName: config.COOKIE_NAME,
        admits: (session, access) => session.role === access,
      }),
    handlers: (service) => ({
      listNotes: async ({ session, query }) => {
        const after = decodeCursor(z.tuple([z.iso.datetime(), z.uuid()]), query.cursor);
        const rows = await service.db
          .selectFrom('note')
          .selectAll()
          .where('owner_id', '=', session.userId)
          .$if(after !== undefined, (rest) =>
            rest.where(({ eb, refTuple, tuple }) =>
              eb(refTuple('created_at', 'note_id'), '<', tuple(new Date(after?.[0] ?? 0), after?.[1] ?? '')),
            ),
          )
          .orderBy('created_at', 'desc')
          .orderBy('note_id', 'desc')
          .limit(query.limit + 1)
          .execute();
        return pageFrom(
          rows,
          query.limit,
          (row) => ({ noteId: row.note_id, text: row.text, version: row.version }),
          (row) => [row.created_at.toISOString(), row.note_id],
        );
      },
      writeNote: async (call) => await writeNote(service, call),
      readNote: async ({ params, session }) => {
        await overrides.onRead?.();
        const row = await service.db
          .selectFrom('note')
          .selectAll()
          .where('note_id', '=', params.noteId)
          .executeTakeFirst();
        if (row === undefined || row.owner_id !== session?.userId) throw notFound();
        return { noteId: row.note_id, text: row.text, version: row.version };
      },
      changeNote: async ({ params, session, body, ifMatch }) => {
        const row = await service.db
          .updateTable('note')
          .set((eb) => ({ text: body.text, version: eb('version', '+', 1) }))
          .where('note_id', '=', params.noteId)
          .where('owner_id', '=', session.userId)
          .where('version', '=', ifMatch)
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) throw new HttpError('version_mismatch');
        return { noteId: row.note_id, text: row.text, version: row.version };
      },
      countNotes: async () => {
        const { count } = await service.db
          .selectFrom('note')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .executeTakeFirstOrThrow();
        return { notes: count };
      },
    }),
    consumers: (service) => [
      service.transactionalConsumer(noteWritten, async ({ data, attempt }, trx) => {
        await overrides.onWritten?.(data.text, attempt);
        await trx
          .insertInto('tally')
          .values({ owner_id: data.ownerId, notes: 1 })
          .onConflict((conflict) =>
            conflict.column('owner_id').doUpdateSet((eb) => ({ notes: eb('tally.notes', '+', 1) })),
          )
          .execute();
      }),
    ],
  });
}

export const notesTopology = defineTopology({
  streams: [
    defineStream({ name: 'EVENTS', subjects: ['events.>'] }),
    defineStream({ name: 'DLQ', subjects: ['dlq.>'] }),
  ],
  services: [notes],
  deadLetters: { stream: 'DLQ', prefix: 'dlq' },
});
