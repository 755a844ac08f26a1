import { beforeEach, expect, test } from 'vitest';
import { deviceStore, guardedStore } from '../../../web/src/browser-storage.ts';
import { recalledRow, uploadKeeper } from '../../../web/src/uploads/kept-uploads.ts';
import type { UploadRow } from '../../../web/src/uploads/upload-row.ts';

const ROW: UploadRow = {
  key: 'k1',
  addedAt: 1,
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
  uploadKeeper(deviceStore, 'ada').write(ROW);
  const [kept] = uploadKeeper(deviceStore, 'ada').read();
  expect(kept && recalledRow(kept)).toEqual({ ...ROW, state: 'needs-file', bytesPerSecond: undefined });
});

test('a row whose bytes arrived only follows what becomes of it', () => {
  const keeper = uploadKeeper(deviceStore, 'ada');
  keeper.write({ ...ROW, state: 'arrived' });
  expect(keeper.read().map(recalledRow)[0]?.state).toBe('arrived');
});

test('keeps rows in the order in which they were added, apart by user, and leaves nothing of none', () => {
  const keeper = uploadKeeper(deviceStore, 'ada');
  keeper.write({ ...ROW, key: 'later', addedAt: 2 });
  keeper.write(ROW);
  expect(keeper.read().map(({ key }) => key)).toEqual(['k1', 'later']);
  expect(uploadKeeper(deviceStore, 'bob').read()).toEqual([]);
  keeper.remove('k1');
  keeper.remove('later');
  expect(localStorage.length).toBe(0);
});

test('two tabs that write different rows lose neither', () => {
  const [one, other] = [uploadKeeper(deviceStore, 'ada'), uploadKeeper(deviceStore, 'ada')];
  one.write(ROW);
  other.write({ ...ROW, key: 'k2', addedAt: 2 });
  one.write({ ...ROW, sentBytes: 500 });
  expect(one.read().map(({ key, sentBytes }) => [key, sentBytes])).toEqual([
    ['k1', 500],
    ['k2', 400],
  ]);
});

test('understands what another tab did, and what is no row of this user', () => {
  const keeper = uploadKeeper(deviceStore, 'ada');
  keeper.write(ROW);
  const name = 'upload:ada:k1';
  expect(keeper.changeIn(name, localStorage.getItem(name))).toMatchObject({ key: 'k1', kept: { sentBytes: 400 } });
  expect(keeper.changeIn(name, null)).toEqual({ key: 'k1' });
  expect(keeper.changeIn('upload:bob:k1', null)).toBeUndefined();
  expect(keeper.changeIn(null, null)).toBeUndefined();
});

test.for(['{', '{}', '[1]', '[{"key":"a"}]', '{"key":1,"file":{},"details":{}}'])('takes %s for nothing', (text) => {
  localStorage.setItem('upload:ada:k1', text);
  expect(uploadKeeper(deviceStore, 'ada').read()).toEqual([]);
});

test('keeps rows for the page alone where the storage is closed', () => {
  const closed = guardedStore(() => {
    throw new Error('closed');
  });
  const keeper = uploadKeeper(closed, 'ada');
  keeper.write(ROW);
  expect(keeper.read()).toHaveLength(1);
});
