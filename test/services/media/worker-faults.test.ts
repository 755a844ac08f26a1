import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mediaProcessed, mediaProgress } from '#contracts';
import type { OpenNats } from '#runtime/events/connection';
import { eventually } from '#test-support/eventually';
import { recordMessages, type MessageRecorder } from '#test-support/message-recorder';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import { startMediaProcess, type MediaProcess } from './media-process.ts';
import { mediaDisk, provisionImpatiently, queueJob, signTicket, type JobData } from './running-media.ts';
import { makeTestVideo } from './test-video.ts';
import { TusClient, uploadWhole } from './tus-client.ts';

let stores: ServiceStores;
let nats: OpenNats;
let owner: LoggedIn;
let video: Buffer;
let processed: MessageRecorder<typeof mediaProcessed>;
let said: MessageRecorder<typeof mediaProgress>;
let media: MediaProcess | undefined;
const disk = mediaDisk();
const LONG_MS = 90_000;
const SETTINGS = { PROGRESS_INTERVAL_MS: '50', SHUTDOWN_GRACE_MS: '3000', JOB_WORKING_S: '1' } as const;

beforeAll(async () => {
  stores = await startServiceStores();
  await provisionImpatiently(stores, 4);
  nats = await stores.adminNats();
  processed = await recordMessages(nats, mediaProcessed);
  said = await recordMessages(nats, mediaProgress);
  owner = await stores.logIn();
  video = readFileSync(await makeTestVideo(disk.root, 'long.mp4', { seconds: 20, size: '480x270' }));
});

afterAll(async () => {
  await media?.end('SIGKILL');
  await stores.stop();
  disk.remove();
});

async function uploadAndQueue(url: string): Promise<JobData> {
  const { ticket, text } = signTicket(stores, owner.userId, video.length);
  const uploadId = await uploadWhole(new TusClient(url, owner), text, video);
  const { videoId, ownerId, fileName } = ticket;
  return await queueJob(nats, { videoId, ownerId, uploadId, fileName, bytes: video.length });
}

async function inMidWork(job: JobData): Promise<void> {
  await said.first(
    ({ jobId, phase, percent }) => jobId === job.jobId && phase === 'transcoding' && percent > 1,
    LONG_MS,
  );
}

/** Processes that work in a folder of media's disk. */
function encoders(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(join(disk.root, 'work'));
    } catch {
      return false;
    }
  });
}

async function expectOneRevision(job: JobData): Promise<void> {
  await processed.first(({ jobId }) => jobId === job.jobId, LONG_MS);
  await eventually(() => expect(readdirSync(join(disk.root, 'work'))).toEqual([]), 5000);
  expect(readdirSync(join(disk.root, 'hls', job.videoId))).toHaveLength(1);
  expect(processed.heard.filter(({ jobId }) => jobId === job.jobId)).toHaveLength(1);
  expect(encoders()).toEqual([]);
}

describe('a worker', () => {
  it('that is killed in mid-ffmpeg is followed by another, with one revision and no litter', async () => {
    media = await startMediaProcess(stores, disk, SETTINGS);
    const job = await uploadAndQueue(media.url);
    await inMidWork(job);
    await media.end('SIGKILL');
    expect(readdirSync(join(disk.root, 'work'))).toHaveLength(1);
    media = await startMediaProcess(stores, disk, SETTINGS);
    await expectOneRevision(job);
    const attempts = said.heard.filter(({ jobId }) => jobId === job.jobId).map(({ attempt }) => attempt);
    expect(Math.max(...attempts)).toBe(2);
  });

  it('that is asked to end gives its job back at once and ends in order', async () => {
    media ??= await startMediaProcess(stores, disk, SETTINGS);
    const job = await uploadAndQueue(media.url);
    await inMidWork(job);
    expect(await media.end('SIGTERM')).toBe(0);
    expect(readdirSync(join(disk.root, 'work'))).toEqual([]);
    expect(encoders()).toEqual([]);
    media = await startMediaProcess(stores, disk, SETTINGS);
    await expectOneRevision(job);
  });
});

describe('a large upload', () => {
  it('goes through media as a stream', async () => {
    media ??= await startMediaProcess(stores, disk, SETTINGS);
    const bytes = 256 * 1024 * 1024;
    const chunk = new Uint8Array(1024 * 1024).fill(7);
    const { text } = signTicket(stores, owner.userId, bytes);
    const client = new TusClient(media.url, owner);
    const uploadId = await client.begin(text, bytes);
    const before = media.peakBytes();
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent === bytes) return controller.close();
        controller.enqueue(chunk);
        sent += chunk.length;
      },
    });
    const answer = await client.append(uploadId, 0, body);
    expect([answer.status, answer.headers.get('upload-offset')]).toEqual([204, String(bytes)]);
    expect(media.peakBytes() - before).toBeLessThan(128 * 1024 * 1024);
  });
});
