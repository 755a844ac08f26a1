import { beforeEach, expect, test } from 'vitest';
import { recalledRow, uploadKeeper } from '../../../web/src/uploads/kept-uploads.ts';
import type { UploadRow } from '../../../web/src/uploads/upload-row.ts';

const ROW: UploadRow = {
  key: 'k1',
  file: { name: 'harbour.mp4', bytes: 1000, lastModified: 7 },
  state: 'sending',
  sentBytes: 400,
  bytesPerSecond: 99,
  videoId: 'v1',
  uploadId: 'u1',
  failure: undefined,
  details: { title: 'Harbour <b>', description: 'typed', tags: 'sea', visibility: 'public' },
  saved: { title: 'harbour', description: '', tags: '', visibility: 'private' },
};

beforeEach(() => localStorage.clear());

test('brings a row back after a reload: it asks for its file, and nothing typed is lost', () => {
  uploadKeeper(localStorage, 'ada').write([ROW]);
  const [kept] = uploadKeeper(localStorage, 'ada').read();
  expect(kept && recalledRow(kept)).toEqual({ ...ROW, state: 'needs-file', bytesPerSecond: undefined });
});

test('a row whose bytes arrived only follows what becomes of it', () => {
  const keeper = uploadKeeper(localStorage, 'ada');
  keeper.write([{ ...ROW, state: 'arrived' }]);
  expect(keeper.read().map(recalledRow)[0]?.state).toBe('arrived');
});

test('keeps rows apart by user, and leaves nothing of none', () => {
  uploadKeeper(localStorage, 'ada').write([ROW]);
  expect(uploadKeeper(localStorage, 'bob').read()).toEqual([]);
  uploadKeeper(localStorage, 'ada').write([]);
  expect(localStorage.length).toBe(0);
});

test.for(['{', '{}', '[1]', '[{"key":"a"}]', '[{"key":1,"file":{},"details":{}}]'])('takes %s for nothing', (text) => {
  localStorage.setItem('uploads:ada', text);
  expect(uploadKeeper(localStorage, 'ada').read()).toEqual([]);
});

test('does without a storage that is closed', () => {
  const refuse = (): never => {
    throw new Error('closed');
  };
  const keeper = uploadKeeper({ getItem: refuse, setItem: refuse, removeItem: refuse }, 'ada');
  keeper.write([ROW]);
  expect(keeper.read()).toEqual([]);
});
