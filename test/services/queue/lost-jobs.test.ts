import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queue as declaration } from '#catalog';
import { JOBS, STREAMS } from '#contracts';
import type { OpenNats } from '#runtime/events/connection';
import { eventually } from '#test-support/eventually';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import { announceUpload, IMPATIENT, queueClient, startQueue, type RunningQueue } from './running-queue.ts';
import { takeJob, takeJobOf } from './worker.ts';

let stores: ServiceStores;
let nats: OpenNats;
let owner: LoggedIn;
let replicas: RunningQueue[];

const SETTINGS = { ...IMPATIENT, JOB_MAX_DELIVER: '5', JOB_ACK_WAIT_S: '60' } as const;

beforeAll(async () => {
  stores = await startServiceStores();
  nats = await stores.adminNats();
  owner = await stores.logIn();
  replicas = await Promise.all([startQueue(stores, SETTINGS), startQueue(stores, SETTINGS)]);
});

afterAll(async () => {
  await Promise.all(replicas.map(async (replica) => await replica.stop()));
  await stores.stop();
});

async function read(jobId: string) {
  const [replica] = replicas;
  if (replica === undefined) throw new Error('no replica runs');
  return (await queueClient(replica, owner).send('readJob', { params: { jobId } })).body;
}

describe('queue', () => {
  it('provisions every stream and durable at its start, with two replicas at once', async () => {
    const manager = await nats.connection.jetstreamManager();
    for (const { name } of STREAMS) expect((await manager.streams.info(name)).config.name).toBe(name);
    const { config } = await manager.consumers.info(JOBS.name, 'media-process');
    expect(config).toMatchObject({ max_deliver: 6, ack_wait: 60_000_000_000, ack_policy: 'explicit' });
    expect(config.backoff ?? []).toEqual([]);
    const own = await manager.consumers.list('DLQ').next();
    expect(own.map(({ name }) => name)).toContain('queue-dead-letters');
    expect(declaration.jetstream.provisions).toBe(true);
  });

  it('queues a job again whose message is gone, once for all replicas, and leaves the others', async () => {
    const kept = await announceUpload(nats, owner.userId);
    const keptJob = await takeJobOf(nats, kept.videoId);
    const lost = await announceUpload(nats, owner.userId);
    const lostJob = await takeJobOf(nats, lost.videoId);
    const manager = await nats.connection.jetstreamManager();
    await manager.streams.deleteMessage(JOBS.name, lostJob.message.seq);
    const again = await takeJob(nats, 15_000);
    expect(again?.data).toMatchObject({ jobId: lostJob.data.jobId, run: 2 });
    expect(await takeJob(nats, 2500)).toBeUndefined();
    expect((await read(lostJob.data.jobId)).run).toBe(2);
    expect((await read(keptJob.data.jobId)).run).toBe(1);
    keptJob.message.ack();
    again?.message.ack();
  });

  it('makes a stream that was deleted anew, with what waited in it', async () => {
    const { videoId } = await announceUpload(nats, owner.userId);
    const { data } = await takeJobOf(nats, videoId);
    const manager = await nats.connection.jetstreamManager();
    await manager.streams.delete(JOBS.name);
    await eventually(async () => {
      expect((await manager.consumers.info(JOBS.name, 'media-process')).name).toBe('media-process');
    }, 30_000);
    await eventually(async () => {
      const taken = await takeJob(nats, 1000);
      expect(taken?.data).toMatchObject({ jobId: data.jobId });
      expect(taken?.data.run).toBeGreaterThan(1);
    }, 30_000);
  });
});
