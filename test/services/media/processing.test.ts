import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accountDeleted,
  deadLettered,
  jobCancelled,
  mediaDeleted,
  mediaFailed,
  mediaProcessed,
  mediaProgress,
  videoDeleted,
  videoVisibilityChanged,
} from '#contracts';
import type { OpenNats } from '#runtime/events/connection';
import { publish } from '#runtime/events/publisher';
import { eventually } from '#test-support/eventually';
import { recordMessages, type MessageRecorder } from '#test-support/message-recorder';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import {
  announceVideo,
  markProcessed,
  mediaClient,
  mediaDisk,
  queueJob,
  signTicket,
  startMedia,
  type JobData,
  type RunningMedia,
} from './running-media.ts';
import { makeTestVideo } from './test-video.ts';
import { TusClient, uploadWhole } from './tus-client.ts';

let stores: ServiceStores;
let nats: OpenNats;
let media: RunningMedia;
let owner: LoggedIn;
let processed: MessageRecorder<typeof mediaProcessed>;
let failures: MessageRecorder<typeof mediaFailed>;
const disk = mediaDisk();
const LONG_MS = 60_000;

beforeAll(async () => {
  stores = await startServiceStores();
  await stores.provision();
  nats = await stores.adminNats();
  processed = await recordMessages(nats, mediaProcessed);
  failures = await recordMessages(nats, mediaFailed);
  media = await startMedia(stores, disk, { PROGRESS_INTERVAL_MS: '100' });
  owner = await stores.logIn();
});

afterAll(async () => {
  await media.stop();
  await stores.stop();
  disk.remove();
});

async function upload(bytes: Uint8Array, who = owner): Promise<JobData> {
  const { ticket, text } = signTicket(stores, who.userId, bytes.length);
  const uploadId = await uploadWhole(new TusClient(media.url, who), text, bytes);
  const { videoId, ownerId, fileName } = ticket;
  return { videoId, ownerId, uploadId, fileName, bytes: bytes.length, jobId: '', run: 1, queuedAt: '' };
}

function workFolders(): string[] {
  return readdirSync(join(disk.root, 'work'));
}

describe('a job', () => {
  it('becomes one revision that can be played, and is told of', async () => {
    const said = await recordMessages(nats, mediaProgress);
    const file = readFileSync(await makeTestVideo(disk.root, 'sea.mp4', { seconds: 5, size: '640x360' }));
    const uploaded = await upload(file);
    await announceVideo(nats, uploaded.videoId, owner.userId, 'public');
    const job = await queueJob(nats, uploaded);
    const done = await processed.first(({ jobId }) => jobId === job.jobId, LONG_MS);
    expect(done).toMatchObject({ run: 1, width: 640, height: 360, hasAudio: true, hasPoster: true });
    expect(done.durationSeconds).toBeCloseTo(5, 0);
    expect(done.renditions.map(({ name }) => name)).toEqual(['240p', '360p']);
    const rates = done.renditions.map(({ bitsPerSecond }) => bitsPerSecond);
    expect(rates).toEqual([...new Set(rates)].sort((a, b) => a - b));

    const base = `${media.url}/api/media/videos/${job.videoId}/hls/${done.revision}`;
    const master = await fetch(`${base}/master.m3u8`);
    expect(master.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    const text = await master.text();
    expect(text).toMatch(/RESOLUTION=640x360,CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2"\n360p\/index\.m3u8/);
    const playlist = await (await fetch(`${base}/360p/index.m3u8`)).text();
    const segments = playlist.split('\n').filter((line) => line.endsWith('.ts'));
    expect(segments.length).toBe(2);
    const segment = await fetch(`${base}/360p/${segments[0] ?? ''}`);
    expect(segment.headers.get('cache-control')).toContain('immutable');
    expect(new Uint8Array(await segment.arrayBuffer())[0]).toBe(0x47);
    expect((await fetch(`${base}/poster.jpg`)).headers.get('content-type')).toBe('image/jpeg');

    const original = `${media.url}/api/media/videos/${job.videoId}/original`;
    const part = await fetch(original, { headers: { range: 'bytes=10-19' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${file.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(file.subarray(10, 20))).toBe(true);
    expect(part.headers.get('content-type')).toBe('video/mp4');
    const beyond = await fetch(original, { headers: { range: `bytes=${file.length}-` } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${file.length}`]);

    const info = await mediaClient(media.url, owner).send('readMedia', { params: { videoId: job.videoId } });
    expect(info.body).toMatchObject({ original: { bytes: file.length }, playable: { revision: done.revision } });
    await said.first(({ jobId, phase }) => jobId === job.jobId && phase === 'done');
    const percents = said.heard.filter(({ jobId }) => jobId === job.jobId).map(({ percent }) => percent);
    expect(percents).toEqual(percents.toSorted((a, b) => a - b));
    expect(workFolders()).toEqual([]);
  });

  it('that comes again is not worked on again', async () => {
    const file = readFileSync(await makeTestVideo(disk.root, 'again.mp4', { seconds: 1 }));
    const job = await queueJob(nats, await upload(file));
    await processed.first(({ jobId }) => jobId === job.jobId, LONG_MS);
    await queueJob(nats, job, { ...job, run: 2 });
    await eventually(async () => expect(await waitingJobs()).toBe(0));
    expect(processed.heard.filter(({ jobId }) => jobId === job.jobId)).toHaveLength(1);
    expect(readdirSync(join(disk.root, 'hls', job.videoId))).toHaveLength(1);
  });

  it('fails for good with words for the owner when the file is no video', async () => {
    const letters = await recordMessages(nats, deadLettered);
    const playlist = Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n');
    const song = readFileSync(await makeTestVideo(disk.root, 'song.mp4', { seconds: 1, picture: false }));
    const whole = readFileSync(await makeTestVideo(disk.root, 'whole.mp4', { seconds: 1 }));
    const files = {
      unsupported_format: playlist,
      no_video_track: song,
      unreadable: whole.subarray(0, 300),
    };
    for (const [code, bytes] of Object.entries(files)) {
      const job = await queueJob(nats, await upload(bytes));
      const failure = await failures.first(({ jobId }) => jobId === job.jobId, LONG_MS);
      expect(failure).toMatchObject({ code, run: 1, attempt: 1, fileName: 'holiday.mp4' });
      expect(failure.reason).not.toMatch(/\/|ffprobe/);
      const letter = await letters.first(({ payload }) => JSON.stringify(payload).includes(job.jobId));
      expect(letter).toMatchObject({ service: 'media', cause: 'permanent' });
    }
    const missing = await upload(randomBytes(20));
    const job = await queueJob(nats, { ...missing, uploadId: randomUUID() });
    expect((await failures.first(({ jobId }) => jobId === job.jobId, LONG_MS)).code).toBe('source_missing');
    expect(workFolders()).toEqual([]);
    await eventually(async () => expect(await waitingJobs()).toBe(0));
  });

  it('that is cancelled in mid-work stops and leaves nothing', async () => {
    const file = readFileSync(await makeTestVideo(disk.root, 'long.mp4', { seconds: 30, size: '480x270' }));
    const said = await recordMessages(nats, mediaProgress);
    const job = await queueJob(nats, await upload(file));
    await said.first(
      ({ jobId, phase, percent }) => jobId === job.jobId && phase === 'transcoding' && percent > 0,
      LONG_MS,
    );
    const { jobId, run, videoId, ownerId } = job;
    const data = { jobId, run, videoId, ownerId, reason: 'owner', cancelledAt: new Date().toISOString() } as const;
    await publish(nats, 'queue', jobCancelled, { aggregate: jobId, data });
    await eventually(() => expect(workFolders()).toEqual([]), LONG_MS);
    await eventually(async () => expect(await waitingJobs()).toBe(0));
    expect(existsSync(join(disk.root, 'hls', videoId))).toBe(false);
    expect(processed.heard.map((done) => done.jobId)).not.toContain(jobId);
  });

  it('whose video is deleted in mid-work stops, and all bytes go', async () => {
    const deleted = await recordMessages(nats, mediaDeleted);
    const said = await recordMessages(nats, mediaProgress);
    const file = readFileSync(join(disk.root, 'long.mp4'));
    const job = await queueJob(nats, await upload(file));
    await said.first(({ jobId, percent }) => jobId === job.jobId && percent > 0, LONG_MS);
    const { videoId, ownerId } = job;
    const gone = { videoId, ownerId, version: 2, reason: 'owner', deletedAt: new Date().toISOString() } as const;
    await publish(nats, 'video', videoDeleted, { aggregate: videoId, data: gone });
    expect(await deleted.first((data) => data.videoId === videoId)).toMatchObject({ quotaBytes: file.length });
    await eventually(() => expect(workFolders()).toEqual([]), LONG_MS);
    await eventually(async () => expect(await waitingJobs()).toBe(0));
    expect(existsSync(join(disk.root, 'hls', videoId))).toBe(false);
    expect(existsSync(join(disk.root, 'incoming', job.uploadId))).toBe(false);
  });

  it('leaves nothing of an account that is deleted', async () => {
    const leaver = await stores.logIn();
    const file = readFileSync(join(disk.root, 'again.mp4'));
    const job = await queueJob(nats, await upload(file, leaver));
    await processed.first(({ jobId }) => jobId === job.jobId, LONG_MS);
    const begun = signTicket(stores, leaver.userId, 50);
    const open = await new TusClient(media.url, leaver).begin(begun.text, 50);
    const data = { userId: leaver.userId, version: 2, handle: 'leaver', deletedAt: new Date().toISOString() };
    await publish(nats, 'auth', accountDeleted, { aggregate: leaver.userId, data });
    await eventually(() => {
      const left = [...readdirSync(join(disk.root, 'incoming')), ...readdirSync(join(disk.root, 'hls'))];
      expect(left).not.toEqual(expect.arrayContaining([open]));
      expect(left).not.toEqual(expect.arrayContaining([job.uploadId]));
      expect(left).not.toEqual(expect.arrayContaining([job.videoId]));
    });
  });
});

describe('bytes', () => {
  it('of a private video need its owner’s session, at the latest 2 s after it was made private', async () => {
    const file = randomBytes(2_000_000);
    const { videoId } = await upload(file);
    await markProcessed(stores, videoId);
    await announceVideo(nats, videoId, owner.userId, 'unlisted');
    const url = `${media.url}/api/media/videos/${videoId}/original`;
    const stranger = await stores.logIn();
    await eventually(async () => {
      const seen = await fetch(url, { headers: stranger.headers });
      expect([seen.status, seen.headers.get('content-disposition')]).toEqual([200, 'attachment']);
    });
    const changedAt = new Date().toISOString();
    await publish(nats, 'video', videoVisibilityChanged, {
      aggregate: videoId,
      data: { videoId, ownerId: owner.userId, version: 2, visibility: 'private', previous: 'unlisted', changedAt },
    });
    await eventually(async () => {
      expect((await fetch(url)).status).toBe(404);
      expect((await fetch(url, { headers: stranger.headers })).status).toBe(404);
    }, 2000);
    const own = await fetch(url, { headers: owner.headers });
    expect([own.status, own.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
    expect(own.headers.get('content-disposition')).toMatch(/^attachment/);
    await own.arrayBuffer();
    const info = await mediaClient(media.url, stranger).send('readMedia', { params: { videoId } });
    expect(info.problem.code).toBe('not_found');
    await announceVideo(nats, videoId, owner.userId, 'public');
    await eventually(async () => expect(await pendingFor('media-video-created')).toBe(0));
    expect((await fetch(url)).status).toBe(404);
  });

  it('of a video that is not processed are its owner’s and administrators’ alone, and so is the name of its file', async () => {
    const { videoId } = await upload(randomBytes(1000));
    await announceVideo(nats, videoId, owner.userId, 'public');
    await eventually(async () => expect(await pendingFor('media-video-created')).toBe(0));
    const url = `${media.url}/api/media/videos/${videoId}`;
    const [stranger, admin] = [await stores.logIn(), await stores.logIn({ role: 'admin' })];
    const statuses = async (path: string): Promise<readonly number[]> =>
      await Promise.all(
        [undefined, stranger, owner, admin].map(
          async (who) => (await fetch(`${url}${path}`, { headers: who?.headers ?? {} })).status,
        ),
      );
    expect(await statuses('/original')).toEqual([404, 404, 200, 200]);
    expect(await statuses('')).toEqual([404, 404, 200, 200]);
    await markProcessed(stores, videoId);
    expect(await statuses('/original')).toEqual([200, 200, 200, 200]);
    const seen = await mediaClient(media.url, stranger).send('readMedia', { params: { videoId } });
    expect(seen.body.original).toBeNull();
  });

  it('lie where no path leads out', async () => {
    writeFileSync(join(disk.root, 'hls', 'secret.ts'), 'secret');
    const videoId = randomUUID();
    await announceVideo(nats, videoId, owner.userId, 'public');
    const base = `${media.url}/api/media/videos/${videoId}/hls`;
    const paths = [
      '..%2f/master.m3u8',
      'r1/..%2f..%2fsecret.ts',
      'r1/240p/..%2f..%2f..%2fsecret.ts',
      'r1/240p/a%00.ts',
    ];
    for (const path of [...paths, 'r1/240p/revision.json', 'r1/%2e%2e/secret.ts']) {
      const answer = await fetch(`${base}/${path}`);
      expect([400, 404]).toContain(answer.status);
      expect(await answer.text()).not.toMatch(/secret$|ENOENT|\/tmp/);
    }
  });
});

async function waitingJobs(): Promise<number> {
  return await pendingFor('media-process', 'JOBS');
}

async function pendingFor(durable: string, stream = 'EVENTS'): Promise<number> {
  const { num_pending, num_ack_pending } = await (
    await nats.connection.jetstream().consumers.get(stream, durable)
  ).info();
  return num_pending + num_ack_pending;
}
