import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '#declare';
import { startService, type RunningService } from '#runtime';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import { notes, notesDefinition, notesTopology, type NotesTables } from '../sample-service.ts';

let stores: ServiceStores;
let running: RunningService<typeof notes, NotesTables>;
let ann: LoggedIn;
let onRead: () => Promise<void> = async () => Promise.resolve();

beforeAll(async () => {
  stores = await startServiceStores(notesTopology);
  const env = stores.env(notes, { NOTES_MAX: '100' });
  running = await startService(notesDefinition({ onRead: async () => await onRead() }), { env, port: 0 });
  ann = await stores.logIn();
});

afterAll(async () => {
  await running.stop();
  await stores.stop();
});

async function call(path: string, init: RequestInit = {}, who: LoggedIn = ann): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...who.headers, ...(init.headers as Record<string, string>) };
  return await fetch(`${running.url}/api/notes${path}`, { ...init, headers });
}

async function write(text: string, headers: Record<string, string> = {}, who = ann): Promise<Response> {
  return await call('/notes', { method: 'POST', body: JSON.stringify({ text }), headers }, who);
}

async function refusal(answer: Response) {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const body = (await answer.json()) as Problem;
  expect(body.status).toBe(answer.status);
  expect(body.requestId).toBe(answer.headers.get('x-request-id'));
  return body;
}

describe('a body', () => {
  it.each([
    ['too long', { text: 'x'.repeat(201) }, [{ pointer: '/text' }]],
    [
      'with unknown fields',
      { text: 'x', ownerId: 'me', role: 'admin' },
      [{ pointer: '/ownerId' }, { pointer: '/role' }],
    ],
    ['with NUL', { text: 'a\0b' }, [{ pointer: '/text', detail: 'must not contain a NUL character' }]],
    ['with half a character', { text: 'a\ud83d' }, [{ pointer: '/text', detail: 'must not contain a lone surrogate' }]],
    ['of another kind', ['x'], [{ pointer: '' }]],
    ['that is empty', undefined, [{ pointer: '/text' }]],
  ])('%s is 422 with a pointer to each fault', async (_, body, errors) => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await call('/notes', { method: 'POST', ...init });
    expect(answer.status).toBe(422);
    expect(await refusal(answer)).toMatchObject({ code: 'invalid', errors });
  });

  it('that is no JSON is 400, of another media type 415, too large 413', async () => {
    const broken = await call('/notes', { method: 'POST', body: '{"text":' });
    expect((await refusal(broken)).code).toBe('bad_request');
    const form = await call('/notes', { method: 'POST', body: 'text=x', headers: { 'content-type': 'text/plain' } });
    expect((await refusal(form)).code).toBe('media_type');
    const large = await call('/notes', { method: 'POST', body: JSON.stringify({ text: 'x'.repeat(70_000) }) });
    expect((await refusal(large)).code).toBe('body_too_large');
  });
});

describe('a path', () => {
  it.each(['/nothing', '/notes/..%2f..%2fetc%2fpasswd', '/notes/%00', `/notes/${randomUUID()}%00`, '/notes/'])(
    '%s leads nowhere',
    async (path) => {
      const answer = await call(path);
      expect([404, 200]).toContain(answer.status);
      if (path !== '/notes/') expect((await refusal(answer)).code).toBe('not_found');
    },
  );

  it('that cannot be decoded is 400', async () => {
    expect((await refusal(await call('/notes/%ff'))).code).toBe('bad_request');
  });

  it('with another method is 405 and says which there are', async () => {
    const answer = await call('/notes', { method: 'DELETE' });
    expect((await refusal(answer)).code).toBe('method_not_allowed');
    expect(answer.headers.get('allow')).toBe('GET, POST, HEAD');
  });
});

describe('an error that nobody foresaw', () => {
  it('shows an id and nothing of the inside', async () => {
    onRead = async () => Promise.reject(new Error('select secret from 10.0.0.1'));
    const answer = await call(`/notes/${randomUUID()}`);
    onRead = async () => Promise.resolve();
    const body = await refusal(answer);
    expect(body).toMatchObject({ code: 'internal', title: 'internal error' });
    expect(JSON.stringify(body)).not.toMatch(/secret|10\.0|select|stack/);
  });

  it('keeps the id and the trace that the edge gave, when they are well formed', async () => {
    const given = await call('/notes', { headers: { 'x-request-id': 'edge-request-0001' } });
    expect(given.headers.get('x-request-id')).toBe('edge-request-0001');
    const forged = await call('/notes', { headers: { 'x-request-id': 'x"; drop' } });
    expect(forged.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('an Idempotency-Key', () => {
  it('gives the same answer for the same request and makes one thing', async () => {
    const who = await stores.logIn();
    const first = await write('once', { 'idempotency-key': 'k1' }, who);
    const again = await write('once', { 'idempotency-key': 'k1' }, who);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await again.json()).toEqual(await first.json());
    expect(((await (await call('/notes', {}, who)).json()) as { items: unknown[] }).items).toHaveLength(1);
  });

  it('is 409 for another request, and another for another user', async () => {
    await write('one', { 'idempotency-key': 'k2' });
    expect((await refusal(await write('two', { 'idempotency-key': 'k2' }))).code).toBe('idempotency_mismatch');
    expect((await write('two', { 'idempotency-key': 'k2' }, await stores.logIn())).status).toBe(201);
  });

  it('makes one thing when many ask at the same moment', async () => {
    const who = await stores.logIn();
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => await write('race', { 'idempotency-key': 'k3' }, who)),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
    expect(statuses).toContain(201);
    expect(((await (await call('/notes', {}, who)).json()) as { items: unknown[] }).items).toHaveLength(1);
  });

  it('is free again after a refusal, and refused itself when it is not printable', async () => {
    expect((await write('', { 'idempotency-key': 'k4' })).status).toBe(422);
    expect((await write('good', { 'idempotency-key': 'k4' })).status).toBe(201);
    expect(await refusal(await write('x', { 'idempotency-key': 'a b' }))).toMatchObject({
      errors: [{ pointer: 'Idempotency-Key' }],
    });
  });

  it('leads a repetition to the same row when the first try died after its commit', async () => {
    const who = await stores.logIn();
    const first = (await (await write('dies', { 'idempotency-key': 'k5' }, who)).json()) as { noteId: string };
    await running.service.db
      .updateTable('idempotency')
      .set({ status: null, body: null, held_until: new Date(0) })
      .where('key', '=', 'k5')
      .execute();
    const again = await write('dies', { 'idempotency-key': 'k5' }, who);
    expect(again.status).toBe(201);
    expect(await again.json()).toEqual(first);
    expect(first.noteId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const { items } = (await (await call('/notes', {}, who)).json()) as { items: unknown[] };
    expect(items).toHaveLength(1);
  });
});

describe('a change', () => {
  it('needs the version that is there: 428 without, 412 with another, 200 with it', async () => {
    const { noteId } = (await (await write('first')).json()) as { noteId: string };
    const change = async (headers: Record<string, string>): Promise<Response> =>
      await call(`/notes/${noteId}`, { method: 'PATCH', body: '{"text":"second"}', headers });
    expect((await refusal(await change({}))).code).toBe('version_required');
    expect((await refusal(await change({ 'if-match': '"v9"' }))).code).toBe('version_mismatch');
    expect((await refusal(await change({ 'if-match': 'W/"v1"' }))).code).toBe('version_mismatch');
    const changed = await change({ 'if-match': '"v1"' });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).toBe('"v2"');
    expect((await refusal(await change({ 'if-match': '"v1"' }))).code).toBe('version_mismatch');
  });
});

describe('a read', () => {
  it('is 304 without a body when the client has this version already', async () => {
    const { noteId } = (await (await write('known')).json()) as { noteId: string };
    // fetch would ask for an answer past every cache, had it no word of ours on it
    const known = (etag: string) => ({ 'if-none-match': etag, 'cache-control': 'max-age=0' });
    const again = await call(`/notes/${noteId}`, { headers: known('"v1"') });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', '"v1"']);
    const older = await call(`/notes/${noteId}`, { headers: known('"v0"') });
    expect([older.status, await older.json()]).toEqual([200, { noteId, text: 'known', version: 1 }]);
  });

  it('by HEAD has the headers of the answer and no body', async () => {
    const { noteId } = (await (await write('headed')).json()) as { noteId: string };
    const head = await call(`/notes/${noteId}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(20);
    expect(head.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });
});

describe('a list', () => {
  it('comes in pages that neither repeat nor leave out', async () => {
    const who = await stores.logIn();
    for (let n = 0; n < 7; n++) await write(`note ${n}`, {}, who);
    const texts: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 9; pages++) {
      const query: string = cursor === '' ? '?limit=3' : `?limit=3&cursor=${cursor}`;
      const page = (await (await call(`/notes${query}`, {}, who)).json()) as {
        items: { text: string }[];
        nextCursor: string | null;
      };
      texts.push(...page.items.map(({ text }) => text));
      cursor = page.nextCursor;
    }
    expect(texts).toEqual(['note 6', 'note 5', 'note 4', 'note 3', 'note 2', 'note 1', 'note 0']);
  });

  it.each(['?limit=101', '?limit=0', '?limit=x', '?cursor=bm9uc2Vuc2U', '?cursor=%00'])('refuses %s', async (query) => {
    expect((await refusal(await call(`/notes${query}`))).code).toBe('invalid');
  });
});

describe('the OpenAPI page', () => {
  it('says of each route who may call it and what it takes and gives', async () => {
    const page = (await (await call('/openapi.json')).json()) as Record<
      string,
      Record<string, Record<string, unknown>>
    >;
    expect(page.openapi).toBe('3.1.0');
    expect(Object.keys(page.paths ?? {})).toEqual([
      '/api/notes/notes',
      '/api/notes/notes/{noteId}',
      '/api/notes/admin/count',
    ]);
    expect(page.paths?.['/api/notes/notes']?.post).toMatchObject({
      operationId: 'writeNote',
      'x-access': 'session',
      security: [{ session: [] }],
      parameters: [{ name: 'Idempotency-Key', in: 'header', required: false }],
      requestBody: { content: { 'application/json': { schema: { required: ['text'], additionalProperties: false } } } },
    });
  });
});
