import { afterAll, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { createClient, faceOf, Refusal, Unreachable, type CallOutcome } from '#client';
import { declareService, defineApi } from '#declare';
import { createLogger, defineService, HttpError, notFound, reply, startService } from '#runtime';

const note = z.object({ id: z.string(), text: z.string() });
const notesApi = defineApi('notes', {
  readNote: {
    method: 'get',
    path: '/notes/:id',
    access: 'public',
    summary: 'Read a note',
    params: z.object({ id: z.string() }),
    query: z.object({ loud: z.stringbool().optional() }),
    response: note,
    status: 200,
    concurrency: 'etag',
  },
  writeNote: {
    method: 'post',
    path: '/notes',
    access: 'public',
    summary: 'Write a note',
    body: z.strictObject({ text: z.string().min(1), tags: z.array(z.string()).default([]) }),
    response: note,
    status: 201,
  },
  forgetNotes: { method: 'delete', path: '/notes', access: 'public', summary: 'Forget all notes', status: 204 },
});

const running = await startService(
  defineService(declareService({ name: 'notes', env: [] }), {
    api: notesApi,
    handlers: () => ({
      readNote: ({ params }) => {
        if (params.id === 'gone') throw notFound('it was deleted');
        return reply({ id: params.id, text: 'hello' }, { version: 7 });
      },
      writeNote: ({ body }) => {
        if (body.text === 'full') throw new HttpError({ code: 'quota_exceeded', status: 413, title: 'no more notes' });
        return { id: 'new', text: body.text };
      },
      forgetNotes: () => undefined,
    }),
  }),
  { env: {}, port: 0, log: createLogger({ service: 'notes', version: '0', level: 'silent' }) },
);
afterAll(async () => await running.stop());

const client = createClient(notesApi, { origin: running.url });

it('calls operations, typed by the contract', async () => {
  const written = await client.call('writeNote', { body: { text: 'hello' } });
  expect(written).toEqual({ id: 'new', text: 'hello' });
  expectTypeOf(written).toEqualTypeOf<{ id: string; text: string }>();
  expect(await client.call('forgetNotes')).toBeUndefined();
  // @ts-expect-error an operation with parameters needs them
  await expect(client.call('readNote')).rejects.toThrow('id is missing');
  // @ts-expect-error no such operation
  await expect(client.call('burnNotes')).rejects.toThrow('no operation');
});

it('returns the version and the request id of an answer', async () => {
  const { data, etag, requestId } = await client.callForAnswer('readNote', { params: { id: 'a' } });
  expect([data, etag, requestId]).toEqual([{ id: 'a', text: 'hello' }, '"v7"', expect.stringMatching(/\S/)]);
});

it('throws what the service refuses', async () => {
  const refused = async (calling: Promise<unknown>): Promise<unknown> =>
    await calling.catch((error: unknown) => (error instanceof Refusal ? error.problem : error));
  expect(await refused(client.call('readNote', { params: { id: 'gone' } }))).toMatchObject({
    code: 'not_found',
    status: 404,
    detail: 'it was deleted',
  });
  expect(await refused(client.call('writeNote', { body: { text: 'full' } }))).toMatchObject({ code: 'quota_exceeded' });
  expect(await refused(client.call('writeNote', { body: { text: '' } }))).toMatchObject({
    code: 'invalid',
    errors: [{ pointer: '/text' }],
  });
});

it('works from a face without schemas, and tells the outcome of each call', async () => {
  const face = faceOf(notesApi);
  expect(JSON.parse(JSON.stringify(face))).toEqual({
    service: 'notes',
    routes: {
      readNote: { method: 'get', path: '/notes/:id' },
      writeNote: { method: 'post', path: '/notes' },
      forgetNotes: { method: 'delete', path: '/notes' },
    },
  });
  const outcomes: CallOutcome[] = [];
  const own = createClient(face, { origin: running.url, onOutcome: (outcome) => void outcomes.push(outcome) });
  const read = await own.call('readNote', { params: { id: 'a' } });
  expectTypeOf(read).toEqualTypeOf<{ id: string; text: string }>();
  await expect(own.call('readNote', { params: { id: 'gone' } })).rejects.toThrow('notes refused: not_found');
  expect(outcomes).toEqual([{ service: 'notes' }, { service: 'notes', error: expect.any(Refusal) as Refusal }]);
});

it('throws Unreachable when nobody answers, and the reason of a signal', async () => {
  const nowhere = createClient(notesApi, { origin: 'http://127.0.0.1:1' });
  await expect(nowhere.call('forgetNotes')).rejects.toThrow(Unreachable);
  const signal = AbortSignal.abort(new Error('changed my mind'));
  await expect(client.call('forgetNotes', { signal })).rejects.toThrow('changed my mind');
});

it('throws the reason of a signal also while the answer is read', async () => {
  const outcomes: CallOutcome[] = [];
  const leaving = new AbortController();
  const own = createClient(notesApi, {
    origin: running.url,
    onOutcome: (outcome) => void outcomes.push(outcome),
    fetch: async (_address, init) =>
      await Promise.resolve(
        new Response(
          new ReadableStream({
            start: (stream) => init?.signal?.addEventListener('abort', () => stream.error(init.signal?.reason)),
            pull: () => leaving.abort(new Error('left the page')),
          }),
        ),
      ),
  });
  const read = own.call('readNote', { params: { id: 'a' }, signal: leaving.signal });
  await expect(read).rejects.toThrow('left the page');
  expect(outcomes).toEqual([]);
});

it('sends the headers of its options with each call', async () => {
  const sent: unknown[] = [];
  const own = createClient(notesApi, {
    origin: running.url,
    headers: () => ({ cookie: 'sid=secret' }),
    fetch: async (address, init) => {
      sent.push(init?.headers);
      return await fetch(address, init);
    },
  });
  await own.call('forgetNotes');
  await own.call('writeNote', { body: { text: 'hello' } });
  expect(sent).toEqual([
    expect.objectContaining({ cookie: 'sid=secret' }),
    expect.objectContaining({ cookie: 'sid=secret', 'content-type': 'application/json' }),
  ]);
});
