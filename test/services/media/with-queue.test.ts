import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queue as queueDeclaration } from '#catalog';
import { jobDead, queueApi, type JobDetail } from '#contracts';
import type { OpenNats } from '#runtime/events/connection';
import { startService } from '#runtime';
import { definition as queueDefinition } from '#services/queue/definition';
import { ApiClient } from '#test-support/api-client';
import { eventually } from '#test-support/eventually';
import { recordMessages } from '#test-support/message-recorder';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import { announceVideo, mediaDisk, signTicket, startMedia, type RunningMedia } from './running-media.ts';
import { makeTestVideo } from './test-video.ts';
import { TusClient, uploadWhole } from './tus-client.ts';

let stores: ServiceStores;
let nats: OpenNats;
let queue: { readonly url: string; stop(): Promise<void> };
let media: RunningMedia;
let owner: LoggedIn;
let jobs: ApiClient<typeof queueApi>;
let video: Buffer;
const disk = mediaDisk();

beforeAll(async () => {
  stores = await startServiceStores();
  nats = await stores.adminNats();
  queue = await startService(queueDefinition, { env: stores.env(queueDeclaration), port: 0 });
  media = await startMedia(stores, disk, { PROGRESS_INTERVAL_MS: '50' });
  owner = await stores.logIn();
  jobs = new ApiClient(queue.url, queueApi, { cookie: `sid=${owner.secret}` });
  video = readFileSync(await makeTestVideo(disk.root, 'sea.mp4', { seconds: 2 }));
});

afterAll(async () => {
  await media.stop();
  await queue.stop();
  await stores.stop();
  disk.remove();
});

async function upload(bytes: Uint8Array): Promise<string> {
  const { ticket, text } = signTicket(stores, owner.userId, bytes.length);
  await uploadWhole(new TusClient(media.url, owner), text, bytes);
  return ticket.videoId;
}

async function jobOf(videoId: string, state: JobDetail['state']): Promise<JobDetail> {
  let detail: JobDetail | undefined;
  await eventually(async () => {
    const [job] = (await jobs.send('listMyJobs', { query: { videoId } })).body.items;
    expect(job?.state).toBe(state);
    detail = (await jobs.send('readJob', { params: { jobId: job?.jobId ?? '' } })).body;
  }, 60_000);
  if (detail === undefined) throw new Error(`no job of ${videoId}`);
  return detail;
}

describe('media and queue together', () => {
  it('turn an upload into a video, and the ledger tells how', async () => {
    const videoId = await upload(video);
    await announceVideo(nats, videoId, owner.userId, 'public');
    const job = await jobOf(videoId, 'done');
    expect(job).toMatchObject({ attempts: 1, percent: 100, phase: 'done', run: 1 });
    expect(job.attemptList).toMatchObject([{ outcome: 'done', worker: 'media-0' }]);
  });

  it('tell the owner why a file is no video, and lay one dead letter, which nobody need run again', async () => {
    const dead = await recordMessages(nats, jobDead);
    const videoId = await upload(Buffer.from('this is no video at all'));
    const job = await jobOf(videoId, 'failed');
    expect(job).toMatchObject({ reason: 'The file is damaged or is not a video.', retryable: false });
    const admin = await stores.logIn({ role: 'admin' });
    const desk = new ApiClient(queue.url, queueApi, { cookie: `sid=${admin.secret}` });
    await eventually(async () => {
      const letters = (await desk.send('listDeadLetters')).body.items.filter(({ jobId }) => jobId === job.jobId);
      expect(letters).toMatchObject([{ cause: 'permanent', standing: 'hopeless' }]);
    });
    expect((await jobs.send('retryJob', { params: { jobId: job.jobId } })).problem.code).toBe('conflict');
    expect(dead.heard).toEqual([]);
  });

  it('give out public bytes while Redis is away, and refuse what needs a session', async () => {
    const videoId = await upload(video);
    await announceVideo(nats, videoId, owner.userId, 'public');
    await jobOf(videoId, 'done');
    const original = `${media.url}/api/media/videos/${videoId}/original`;
    const { text } = signTicket(stores, owner.userId, 50);
    await stores.redis.stop();
    expect((await fetch(original, { headers: { range: 'bytes=0-9' } })).status).toBe(206);
    expect(await new TusClient(media.url, owner).create(text, 50)).toMatchObject({ status: 503, code: 'unavailable' });
    expect((await jobs.send('listMyJobs')).problem).toMatchObject({ code: 'unavailable', dependency: 'redis' });
  });
});
