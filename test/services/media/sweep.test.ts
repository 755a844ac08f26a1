/** What the sweeper clears away, and when it does not dare to. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createLogger } from '#runtime';
import { mediaFolders, type MediaFolders } from '#services/media/disk/media-files';
import { ensureVideo, markDeleted } from '#services/media/repository/videos';
import { sweepStorage } from '#services/media/use-cases/sweep-storage';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { mediaDisk, startMedia, type RunningMedia } from './running-media.ts';

const OWNER = '0198c0de-0000-7000-8000-000000000001';
const [KNOWN, UNKNOWN] = ['0198c0de-0000-7000-8000-000000000002', '0198c0de-0000-7000-8000-000000000003'];
const HOURS_MS = 3_600_000;

const disk = mediaDisk();
let stores: ServiceStores;
let media: RunningMedia;
let folders: MediaFolders;
let said: Record<string, unknown>[] = [];

beforeAll(async () => {
  stores = await startServiceStores();
  await stores.provision();
  media = await startMedia(stores, disk);
  folders = mediaFolders(media.service.config);
});
afterAll(async () => {
  await media.stop();
  await stores.stop();
  disk.remove();
});
beforeEach(async () => {
  said = [];
  await media.service.db.deleteFrom('video').execute();
  for (const folder of [folders.uploads, folders.hls]) {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
  }
});

it('removes files that no row names once they are old, and what is younger may still get its row', async () => {
  await media.service.db.transaction().execute(async (trx) => await ensureVideo(trx, KNOWN, OWNER));
  const left = leaveFiles();
  await sweepIn(0);
  expect(left.map((path) => existsSync(path))).toEqual([true, true]);
  await sweepIn(2 * HOURS_MS);
  expect(left.map((path) => existsSync(path))).toEqual([false, false]);
  expect(said).toEqual([]);
});

it('does so too when every video was deleted', async () => {
  await markDeleted(media.service.db, KNOWN, OWNER);
  const left = leaveFiles();
  await sweepIn(2 * HOURS_MS);
  expect(left.map((path) => existsSync(path))).toEqual([false, false]);
});

it('removes nothing and says so on a database that knows no video at all, as one is before its backup comes back', async () => {
  const left = leaveFiles();
  await sweepIn(2 * HOURS_MS);
  expect(left.map((path) => existsSync(path))).toEqual([true, true]);
  expect(said).toMatchObject([
    { level: 'error', uploads: 1, videos: 1, msg: expect.stringContaining('kept all files') },
  ]);
});

it('has nothing to say of an empty database and an empty disk', async () => {
  await sweepIn(2 * HOURS_MS);
  expect(said).toEqual([]);
});

/** An upload and a revision that a killed process, or a lost database, left without a row. */
function leaveFiles(): readonly [string, string] {
  const upload = join(folders.uploads, 'left-upload');
  const revision = join(folders.hls, UNKNOWN, 'left-revision');
  writeFileSync(upload, 'film');
  mkdirSync(revision, { recursive: true });
  return [upload, revision];
}

async function sweepIn(ms: number): Promise<void> {
  const destination = { write: (line: string) => void said.push(JSON.parse(line) as Record<string, unknown>) };
  const log = createLogger({ service: 'media', version: '1', level: 'info', destination });
  await sweepStorage({ ...media.service, log }, folders, new Date(Date.now() + ms));
}
