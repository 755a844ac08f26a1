import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { useSession } from '../../../web/src/stores/session.ts';
import { useUploads } from '../../../web/src/uploads/uploads-store.ts';
import { json, problem, startOrigin, type Origin } from '../support/origin.ts';
import { eventually } from '../support/page.ts';
import { SESSION } from '../support/session.ts';

const VIDEO_ID = '11111111-1111-4111-8111-111111111111';
const DETAILS = { title: 'Harbour at dawn', description: '', tags: '', visibility: 'private' };
const KEPT = {
  key: 'k1',
  addedAt: 1,
  file: { name: 'harbour.mp4', bytes: 6, lastModified: 7 },
  videoId: VIDEO_ID,
  uploadId: 'u1',
  details: { ...DETAILS, description: 'typed, and not saved yet' },
  saved: DETAILS,
  sentBytes: 2,
  arrived: false,
};
const NAME = `upload:${SESSION.account.userId}:k1`;
const OPEN = { uploadId: 'u1', videoId: VIDEO_ID, fileName: 'harbour.mp4', bytes: 6, offset: 4 };
const DRAFT = {
  ...DETAILS,
  tags: [],
  videoId: VIDEO_ID,
  fileName: 'harbour.mp4',
  bytes: 6,
  createdAt: '2026-01-01T00:00:00Z',
};
const file = (name: string, content: string): File => new File([content], name, { lastModified: 7 });

let origin: Origin;
let open: readonly unknown[];
let drafts: readonly unknown[];
let video: unknown;

beforeEach(async () => {
  setActivePinia(createPinia());
  localStorage.setItem(NAME, JSON.stringify(KEPT));
  open = [OPEN];
  drafts = [];
  video = { state: 'draft', ...DETAILS, tags: [] };
  origin = await startOrigin(({ method, url }, response) => {
    if (url.startsWith('/api/auth')) return json(response, 200, { session: SESSION });
    if (method === 'DELETE') return void response.writeHead(204).end();
    if (url.startsWith('/api/media')) return json(response, 200, { items: open });
    if (url.includes('/mine')) return json(response, 200, { items: drafts, nextCursor: null });
    return video === undefined ? json(response, 404, problem(404, 'not_found')) : json(response, 200, video);
  });
});
afterEach(async () => {
  localStorage.clear();
  await origin.close();
});

/** The page after a reload. */
async function reload() {
  const uploads = useUploads();
  await useSession().ready();
  return uploads;
}

test('after a reload the row is there, asks for its file, and keeps what was typed', async () => {
  const uploads = await reload();
  expect(uploads.rows).toHaveLength(1);
  expect(uploads.rows[0]).toMatchObject({ state: 'needs-file', details: KEPT.details });
});

test('the server tells how much of it arrived', async () => {
  const uploads = await reload();
  await eventually(() => expect(uploads.rows[0]?.sentBytes).toBe(4));
});

test('takes no other file than the one that it was begun with', async () => {
  const uploads = await reload();
  expect(uploads.giveFile('k1', file('harbour.mp4', '1234567'))).toContain('differs in size');
  expect(uploads.giveFile('k1', file('other.mp4', '123456'))).toBe('This is other.mp4. Choose harbour.mp4.');
  expect(uploads.rows[0]?.state).toBe('needs-file');
});

test('what arrived meanwhile needs no file any more', async () => {
  open = [];
  video = { state: 'processing', ...DETAILS, tags: [] };
  const uploads = await reload();
  await eventually(() => expect(uploads.rows[0]?.state).toBe('arrived'));
});

test('a row whose video was deleted elsewhere goes', async () => {
  open = [];
  video = undefined;
  const uploads = await reload();
  await eventually(() => expect(uploads.rows).toEqual([]));
});

test('an upload that another browser began is shown too', async () => {
  localStorage.clear();
  drafts = [DRAFT];
  const uploads = await reload();
  await eventually(() => expect(uploads.rows).toHaveLength(1));
  expect(uploads.rows[0]).toMatchObject({ state: 'needs-file', sentBytes: 4, file: { name: 'harbour.mp4', bytes: 6 } });
});

test('a draft of which no byte arrived is shown too, and asks for its file', async () => {
  localStorage.clear();
  drafts = [DRAFT];
  open = [];
  const uploads = await reload();
  await eventually(() => expect(uploads.rows).toHaveLength(1));
  expect(uploads.rows[0]).toMatchObject({ state: 'needs-file', sentBytes: 0, videoId: VIDEO_ID, saved: DETAILS });
});

test('the draft of a row that is kept here is no second row', async () => {
  drafts = [DRAFT];
  const uploads = await reload();
  await eventually(() => expect(uploads.rows[0]?.sentBytes).toBe(4));
  expect(uploads.rows).toHaveLength(1);
});

test('cancelling deletes the draft and forgets the row', async () => {
  const uploads = await reload();
  await uploads.cancel('k1');
  expect(origin.received.find(({ method }) => method === 'DELETE')?.url).toBe(`/api/video/videos/${VIDEO_ID}`);
  expect(uploads.rows).toEqual([]);
  expect(localStorage.getItem(NAME)).toBeNull();
});

/** What the browser tells the other tabs of one that changed the storage. */
function otherTab(newValue: string | null): void {
  globalThis.dispatchEvent(new StorageEvent('storage', { key: NAME, newValue }));
}

test('a row that another tab adds appears, moves and arrives here', async () => {
  localStorage.clear();
  const uploads = await reload();
  otherTab(JSON.stringify(KEPT));
  otherTab(JSON.stringify({ ...KEPT, sentBytes: 5 }));
  expect(uploads.rows).toMatchObject([{ key: 'k1', sentBytes: 5 }]);
  otherTab(JSON.stringify({ ...KEPT, sentBytes: 6, arrived: true }));
  expect(uploads.rows[0]?.state).toBe('arrived');
});

test('a row that another tab cancels goes here too', async () => {
  const uploads = await reload();
  otherTab(null);
  expect(uploads.rows).toEqual([]);
});
