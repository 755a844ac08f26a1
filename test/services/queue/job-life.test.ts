import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobCancelled, jobStarted, mediaProcessed, videoDeleted, accountDeleted } from '#contracts';
import type { OpenNats } from '#runtime/events/connection';
import { eventually } from '#test-support/eventually';
import { recordMessages } from '#test-support/message-recorder';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import {
  announceUpload,
  publishAs,
  queueClient,
  startQueue,
  type JobData,
  type RunningQueue,
} from './running-queue.ts';
import { sayProgress, takeJob, takeJobOf, tellFailed } from './worker.ts';

let stores: ServiceStores;
let nats: OpenNats;
let media: OpenNats;
let queue: RunningQueue;
let owner: LoggedIn;

beforeAll(async () => {
  stores = await startServiceStores();
  nats = await stores.adminNats();
  media = await stores.adminNats('media');
  queue = await startQueue(stores, { RATE_LIMIT: '100000' });
  owner = await stores.logIn();
});

afterAll(async () => {
  await queue.stop();
  await stores.stop();
});

function mine() {
  return queueClient(queue, owner);
}

async function read(jobId: string) {
  return (await mine().send('readJob', { params: { jobId } })).body;
}

async function processed(job: JobData): Promise<void> {
  const { jobId, run, videoId, ownerId } = job;
  await publishAs(nats, 'media', mediaProcessed, {
    aggregate: videoId,
    data: {
      ...{ jobId, run, videoId, ownerId },
      revision: `r${run}`,
      durationSeconds: 3,
      width: 640,
      height: 360,
      hasAudio: true,
      hasPoster: true,
      renditions: [{ name: '360p', width: 640, height: 360, bitsPerSecond: 800_000, bytes: 1 }],
      storedBytes: 1,
      processedAt: new Date().toISOString(),
    },
  });
}

describe('a job', () => {
  it('comes of an upload, once, however often that is told', async () => {
    const upload = await announceUpload(nats, owner.userId);
    await announceUpload(nats, owner.userId, upload);
    await announceUpload(nats, owner.userId, upload);
    const taken = await takeJobOf(nats, upload.videoId);
    expect(taken.messageId).toBe(`queue:job:${taken.data.jobId}:run:1`);
    expect(taken.data).toMatchObject({ uploadId: upload.uploadId, bytes: upload.bytes, run: 1 });
    await eventually(async () => {
      const jobs = await mine().send('listMyJobs', { query: { videoId: upload.videoId } });
      expect(jobs.body.items).toHaveLength(1);
    });
    taken.message.ack();
    expect(await takeJob(nats, 1000)).toBeUndefined();
  });

  it('runs, tells its start once, and is done with its attempt', async () => {
    const started = await recordMessages(nats, jobStarted);
    const upload = await announceUpload(nats, owner.userId);
    const { data, message } = await takeJobOf(nats, upload.videoId);
    sayProgress(media, data, { sequence: 1, percent: 5 });
    sayProgress(media, data, { sequence: 3, percent: 60 });
    sayProgress(media, data, { sequence: 2, percent: 30 });
    await eventually(async () => {
      expect(await read(data.jobId)).toMatchObject({
        state: 'running',
        percent: 60,
        phase: 'transcoding',
        attempts: 1,
      });
    });
    await processed(data);
    message.ack();
    await eventually(async () => {
      const job = await read(data.jobId);
      expect(job).toMatchObject({ state: 'done', percent: 100, cancellable: false, retryable: false });
      expect(job.attemptList).toMatchObject([{ run: 1, attempt: 1, worker: 'media-0', outcome: 'done' }]);
    });
    sayProgress(media, data, { sequence: 9, percent: 70 });
    await started.first(({ jobId }) => jobId === data.jobId);
    expect(started.heard.filter(({ jobId }) => jobId === data.jobId)).toHaveLength(1);
    expect(await read(data.jobId)).toMatchObject({ state: 'done', percent: 100 });
  });

  it('waits again after an attempt that failed, and knows a worker that ended without a word', async () => {
    const upload = await announceUpload(nats, owner.userId);
    const { data, message } = await takeJobOf(nats, upload.videoId);
    sayProgress(media, data, { sequence: 1 });
    sayProgress(media, data, { sequence: 2, problem: 'the disk is full' });
    await eventually(async () => {
      expect(await read(data.jobId)).toMatchObject({ state: 'queued', reason: 'the disk is full', phase: null });
    });
    sayProgress(media, data, { attempt: 2, sequence: 1 });
    await eventually(async () => expect(await read(data.jobId)).toMatchObject({ state: 'running', attempts: 2 }));
    sayProgress(media, data, { attempt: 3, sequence: 1, worker: 'media-1' });
    await eventually(async () => {
      const { attemptList } = await read(data.jobId);
      expect(attemptList.map(({ outcome }) => outcome)).toEqual(['retried', 'crashed', 'running']);
    });
    message.ack();
  });

  it('fails with the reason, and a retry is a new run with a message id of its own', async () => {
    const upload = await announceUpload(nats, owner.userId);
    const first = await takeJobOf(nats, upload.videoId);
    await tellFailed(nats, first.data, 'timed_out');
    first.message.term();
    await eventually(async () => {
      expect(await read(first.data.jobId)).toMatchObject({
        state: 'failed',
        reason: 'It is timed_out.',
        retryable: true,
      });
    });
    const params = { jobId: first.data.jobId };
    const headers = { 'idempotency-key': randomUUID() };
    const retried = await mine().send('retryJob', { params, headers });
    const again = await mine().send('retryJob', { params, headers });
    expect([retried.status, again.status]).toEqual([202, 202]);
    expect(retried.body).toMatchObject({ state: 'queued', run: 2, attempts: 0, reason: null });
    const second = await takeJobOf(nats, upload.videoId);
    expect(second.messageId).toBe(`queue:job:${params.jobId}:run:2`);
    await tellFailed(nats, first.data, 'timed_out');
    await processed(second.data);
    second.message.ack();
    await eventually(async () => expect(await read(params.jobId)).toMatchObject({ state: 'done', run: 2 }));
    expect((await mine().send('retryJob', { params })).problem.code).toBe('conflict');
  });

  it('is cancelled by its owner, who may then retry it', async () => {
    const cancelled = await recordMessages(nats, jobCancelled);
    const upload = await announceUpload(nats, owner.userId);
    const { data, message } = await takeJobOf(nats, upload.videoId);
    const params = { jobId: data.jobId };
    const answer = await mine().send('cancelJob', { params });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ state: 'cancelled', retryable: true });
    expect(await cancelled.first(({ jobId }) => jobId === data.jobId)).toMatchObject({ run: 1, reason: 'owner' });
    expect((await mine().send('cancelJob', { params })).problem.code).toBe('conflict');
    message.ack();
    expect((await mine().send('retryJob', { params })).body.run).toBe(2);
    (await takeJobOf(nats, upload.videoId)).message.ack();
  });

  it('is nobody else’s to see, cancel or retry, except an administrator’s', async () => {
    const upload = await announceUpload(nats, owner.userId);
    const { data, message } = await takeJobOf(nats, upload.videoId);
    const params = { jobId: data.jobId };
    const stranger = queueClient(queue, await stores.logIn());
    for (const id of ['readJob', 'cancelJob', 'retryJob'] as const) {
      expect((await stranger.send(id, { params })).problem.code).toBe('not_found');
    }
    expect((await stranger.send('listMyJobs')).body.items).toEqual([]);
    expect((await stranger.send('readDepth')).problem.code).toBe('forbidden');
    const admin = queueClient(queue, await stores.logIn({ role: 'admin' }));
    expect((await admin.send('readJob', { params })).body.videoId).toBe(upload.videoId);
    const listed = await admin.send('listJobs', { query: { ownerId: owner.userId, limit: 2 } });
    expect(listed.body.items).toHaveLength(2);
    const next = await admin.send('listJobs', {
      query: { ownerId: owner.userId, limit: 2, cursor: listed.body.nextCursor ?? '' },
    });
    expect(next.body.items.map(({ jobId }) => jobId)).not.toContain(listed.body.items[0]?.jobId);
    message.ack();
  });

  it('goes with its video and with its account, and what comes late makes no new one', async () => {
    const cancelled = await recordMessages(nats, jobCancelled);
    const upload = await announceUpload(nats, owner.userId);
    const { data, message } = await takeJobOf(nats, upload.videoId);
    const { videoId } = upload;
    await publishAs(nats, 'video', videoDeleted, {
      aggregate: videoId,
      data: { videoId, ownerId: owner.userId, version: 2, reason: 'owner', deletedAt: new Date().toISOString() },
    });
    expect((await cancelled.first(({ jobId }) => jobId === data.jobId)).reason).toBe('video_deleted');
    await eventually(async () => {
      expect((await mine().send('readJob', { params: { jobId: data.jobId } })).status).toBe(404);
    });
    message.ack();
    await announceUpload(nats, owner.userId, { videoId });
    const leaver = await stores.logIn();
    const other = await announceUpload(nats, leaver.userId);
    const taken = await takeJobOf(nats, other.videoId);
    await publishAs(nats, 'auth', accountDeleted, {
      aggregate: leaver.userId,
      data: { userId: leaver.userId, version: 2, handle: 'leaver', deletedAt: new Date().toISOString() },
    });
    expect((await cancelled.first(({ jobId }) => jobId === taken.data.jobId)).reason).toBe('account_deleted');
    taken.message.ack();
    expect(await takeJob(nats, 1000)).toBeUndefined();
  });
});
