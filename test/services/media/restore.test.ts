/** media's disk saved and brought back by the commands of docs/backups.md, beside a database that is whole. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mediaProcessed } from '#contracts';
import type { OpenNats } from '#runtime/events/connection';
import { recordMessages } from '#test-support/message-recorder';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import { announceVideo, mediaDisk, queueJob, signTicket, startMedia, type RunningMedia } from './running-media.ts';
import { makeTestVideo } from './test-video.ts';
import { TusClient, uploadWhole } from './tus-client.ts';

const LONG_MS = 60_000;
const lost = mediaDisk();
const fresh = mediaDisk();
let stores: ServiceStores;
let nats: OpenNats;
let owner: LoggedIn;
let media: RunningMedia;

beforeAll(async () => {
  stores = await startServiceStores();
  await stores.provision();
  nats = await stores.adminNats();
  owner = await stores.logIn();
  media = await startMedia(stores, lost);
});
afterAll(async () => {
  await media.stop();
  await stores.stop();
  for (const disk of [lost, fresh]) disk.remove();
});

it('gives back every byte of a film, and an upload that was under way goes on where it was', async () => {
  const film = readFileSync(await makeTestVideo(lost.root, 'sea.mp4', { seconds: 2 }));
  const path = await publishFilm(film);
  const before = await filmBytes(path);
  expect(before.original.equals(film)).toBe(true);
  const { text } = signTicket(stores, owner.userId, film.length);
  const uploadId = await new TusClient(media.url, owner).begin(text, film.length);
  const half = Math.floor(film.length / 2);
  await new TusClient(media.url, owner).append(uploadId, 0, film.subarray(0, half));
  await media.stop();

  const archive = join(lost.root, 'films.tar');
  await runDocumented('exec films', lost.root, ['ignore', openSync(archive, 'w')]);
  mkdirSync(join(fresh.root, 'work'));
  await runDocumented('exec -i films', fresh.root, [openSync(archive, 'r'), 'ignore']);

  media = await startMedia(stores, fresh);
  expect(await filmBytes(path)).toEqual(before);
  const client = new TusClient(media.url, owner);
  expect((await client.offset(uploadId)).headers.get('upload-offset')).toBe(String(half));
  expect((await client.append(uploadId, half, film.subarray(half))).status).toBe(204);
});

/** Uploads a film and has it transcoded; gives the path of its bytes. */
async function publishFilm(film: Buffer): Promise<string> {
  const processed = await recordMessages(nats, mediaProcessed);
  const { ticket, text } = signTicket(stores, owner.userId, film.length);
  const uploadId = await uploadWhole(new TusClient(media.url, owner), text, film);
  const { videoId, ownerId, fileName } = ticket;
  await announceVideo(nats, videoId, ownerId, 'public');
  const job = await queueJob(nats, { videoId, ownerId, uploadId, fileName, bytes: film.length });
  const { revision } = await processed.first(({ jobId }) => jobId === job.jobId, LONG_MS);
  return `/api/media/videos/${videoId}/hls/${revision}`;
}

/** What a player gets, and the original. */
async function filmBytes(path: string): Promise<{ original: Buffer; played: readonly Buffer[] }> {
  const get = async (name: string): Promise<Buffer> => {
    const answer = await fetch(`${media.url}${path}/${name}`);
    expect({ name, status: answer.status }).toEqual({ name, status: 200 });
    return Buffer.from(await answer.arrayBuffer());
  };
  const playlists = linesOf(await get('master.m3u8'));
  const segments = await Promise.all(
    playlists.map(async (name) => linesOf(await get(name)).map((line) => name.replace('index.m3u8', line))),
  );
  const names = ['master.m3u8', 'poster.jpg', ...playlists, ...segments.flat()];
  expect(segments.flat().length).toBeGreaterThan(0);
  return { original: await get('../../original'), played: await Promise.all(names.map(get)) };
}

function linesOf(playlist: Buffer): string[] {
  return playlist
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Runs what the page has a pod do, with a folder of this machine as the volume. */
async function runDocumented(verb: string, volume: string, [input, output]: readonly (number | 'ignore')[]) {
  const page = readFileSync('docs/backups.md', 'utf8');
  const [, command] = new RegExp(`^\\s*kubectl .*${verb} -- (tar .*) [<>] films.tar$`, 'm').exec(page) ?? [];
  if (command === undefined) throw new Error(`docs/backups.md no longer says what is done by: ${verb}`);
  const [program = '', ...args] = command.split(' ').map((word) => (word === '/data' ? volume : word));
  const child = spawn(program, args, { stdio: [input, output, 'inherit'] });
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(0);
  for (const file of [input, output]) if (typeof file === 'number') closeSync(file);
}
