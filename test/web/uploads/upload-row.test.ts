import { expect, test } from 'vitest';
import {
  fileFault,
  isUnsaved,
  secondsLeft,
  stepped,
  titleFrom,
  type UploadRow,
  type UploadState,
  type UploadStep,
} from '../../../web/src/uploads/upload-row.ts';

const DETAILS = { title: 'Harbour', description: '', tags: '', visibility: 'private' } as const;
const row = (more: Partial<UploadRow> = {}): UploadRow => ({
  key: 'k1',
  addedAt: 1,
  file: { name: 'harbour.mp4', bytes: 1000, lastModified: 7 },
  state: 'preparing',
  sentBytes: 0,
  bytesPerSecond: undefined,
  videoId: undefined,
  uploadId: undefined,
  failure: undefined,
  details: DETAILS,
  saved: undefined,
  ...more,
});
const FAILURE = { title: 'No.', detail: '', requestId: undefined, retryable: true };
const through = (from: UploadRow, ...steps: UploadStep[]) => steps.reduce(stepped, from);

test('goes from the draft to the last byte', () => {
  const end = through(
    row(),
    { kind: 'drafted', videoId: 'v1', saved: DETAILS },
    { kind: 'begun' },
    { kind: 'located', uploadId: 'u1' },
    { kind: 'moved', sentBytes: 400, bytesPerSecond: 100 },
    { kind: 'arrived' },
  );
  expect(end).toMatchObject({ state: 'arrived', videoId: 'v1', uploadId: 'u1', sentBytes: 1000 });
});

test('a lost connection is found again without a step by anybody', () => {
  const lost = through(row({ state: 'sending', sentBytes: 400, bytesPerSecond: 9 }), { kind: 'lost' });
  expect(lost).toMatchObject({ state: 'stalled', sentBytes: 400, bytesPerSecond: undefined });
  expect(stepped(lost, { kind: 'moved', sentBytes: 500, bytesPerSecond: 9 }).state).toBe('sending');
});

test.for<[UploadState, UploadStep]>([
  ['paused', { kind: 'moved', sentBytes: 900, bytesPerSecond: 1 }],
  ['paused', { kind: 'arrived' }],
  ['paused', { kind: 'lost' }],
  ['arrived', { kind: 'refused', failure: FAILURE }],
  ['arrived', { kind: 'paused' }],
  ['needs-file', { kind: 'begun' }],
  ['refused', { kind: 'moved', sentBytes: 900, bytesPerSecond: 1 }],
  ['sending', { kind: 'held-elsewhere' }],
  ['waiting', { kind: 'let-go' }],
])('%s is not moved by a late %o', ([state, step]) => {
  const before = row({ state });
  expect(stepped(before, step)).toBe(before);
});

test('goes on where it stood: at the draft when there is none, else in line', () => {
  expect(stepped(row({ state: 'refused', failure: FAILURE }), { kind: 'resumed' })).toMatchObject({
    state: 'preparing',
    failure: undefined,
  });
  expect(stepped(row({ state: 'paused', videoId: 'v1' }), { kind: 'resumed' }).state).toBe('waiting');
  expect(stepped(row({ state: 'needs-file', videoId: 'v1' }), { kind: 'file-given' }).state).toBe('waiting');
});

test('asks for its file only while no other tab has it', () => {
  const elsewhere = stepped(row({ state: 'needs-file' }), { kind: 'held-elsewhere' });
  expect(elsewhere.state).toBe('elsewhere');
  expect(stepped(elsewhere, { kind: 'arrived' }).state).toBe('arrived');
  expect(stepped(elsewhere, { kind: 'let-go' }).state).toBe('needs-file');
});

test('asks for the same file and says what is wrong with another', () => {
  const wanted = row().file;
  expect(fileFault(wanted, wanted)).toBeUndefined();
  expect(fileFault({ ...wanted, lastModified: null }, wanted)).toBeUndefined();
  expect(fileFault(wanted, { ...wanted, bytes: 1 })).toContain('differs in size from harbour.mp4');
  expect(fileFault(wanted, { ...wanted, name: 'b.mp4' })).toContain('Choose harbour.mp4');
  expect(fileFault(wanted, { ...wanted, lastModified: 8 })).toContain('has changed');
});

test('knows what is typed and not saved', () => {
  expect(isUnsaved({ details: DETAILS, saved: undefined })).toBe(true);
  expect(isUnsaved({ details: { ...DETAILS }, saved: DETAILS })).toBe(false);
  expect(isUnsaved({ details: { ...DETAILS, tags: 'sea' }, saved: DETAILS })).toBe(true);
});

test('tells the time left from the speed, and nothing without one', () => {
  expect(secondsLeft(row({ sentBytes: 400, bytesPerSecond: 100 }))).toBe(6);
  expect(secondsLeft(row({ sentBytes: 400 }))).toBeUndefined();
});

test('takes a title from the name of the file', () => {
  expect(titleFrom('My_trip.to.Rome.MP4')).toBe('My trip.to.Rome');
  expect(titleFrom('.mp4')).toBe('Untitled');
  expect(titleFrom(`${'x'.repeat(200)}.mov`)).toHaveLength(120);
});
