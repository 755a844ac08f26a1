import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DLQ,
  EVENTS,
  jobDead,
  jobRetried,
  JOBS,
  videoCreated,
  videoProcess,
  type DeadLetterStanding,
} from '#contracts';
import { deadLetterSubject } from '#declare';
import type { OpenNats } from '#runtime/events/connection';
import { sweepLostJobs } from '#services/queue/use-cases/sweep-lost-jobs';
import { eventually } from '#test-support/eventually';
import { recordMessages, type MessageRecorder } from '#test-support/message-recorder';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import {
  announceUpload,
  IMPATIENT,
  publishAs,
  queueClient,
  startQueue,
  type QueueClient,
  type RunningQueue,
} from './running-queue.ts';
import { sayProgress, takeJob, takeJobOf, tellFailed, type TakenJob } from './worker.ts';

let stores: ServiceStores;
let nats: OpenNats;
let media: OpenNats;
let queue: RunningQueue;
let owner: LoggedIn;
let admin: QueueClient;
let deaths: MessageRecorder<typeof jobDead>;

beforeAll(async () => {
  stores = await startServiceStores();
  nats = await stores.adminNats();
  media = await stores.adminNats('media');
  queue = await startQueue(stores, { ...IMPATIENT, SWEEP_S: '600' });
  owner = await stores.logIn();
  admin = queueClient(queue, await stores.logIn({ role: 'admin' }));
  deaths = await recordMessages(nats, jobDead);
});

afterAll(async () => {
  await queue.stop();
  await stores.stop();
});

async function read(jobId: string) {
  return (await queueClient(queue, owner).send('readJob', { params: { jobId } })).body;
}

/** Ids of the dead letters of a job, the newest first, once they stand like this. */
async function lettersOf(jobId: string, standings: readonly DeadLetterStanding[]): Promise<readonly number[]> {
  let ids: readonly number[] = [];
  await eventually(async () => {
    const { items } = (await admin.send('listDeadLetters')).body;
    const own = items.filter((item) => item.jobId === jobId);
    expect(own.map(({ standing }) => standing)).toEqual(standings);
    ids = own.map(({ deadLetterId }) => deadLetterId);
  });
  return ids;
}

async function messagesIn(stream: string): Promise<number> {
  const manager = await nats.connection.jetstreamManager();
  return (await manager.streams.info(stream)).state.messages;
}

/** Takes a job as often as it is delivered, and acknowledges nothing: as a worker that is killed each time, the last time before it wrote the letter. */
async function killWorkerEachTime(videoId: string): Promise<TakenJob> {
  const first = await takeJobOf(nats, videoId);
  sayProgress(media, first.data, { attempt: 1 });
  const second = await takeJobOf(nats, videoId);
  sayProgress(media, second.data, { attempt: 2 });
  return await takeJobOf(nats, videoId);
}

describe('a job whose worker crashed for the last time', () => {
  it('is not taken for a lost one while its dead letter is on its way', async () => {
    const { videoId } = await announceUpload(nats, owner.userId);
    const before = await messagesIn(DLQ.name);
    const { db } = queue.service;
    const jobId = await db.transaction().execute(async (trx) => {
      // no letter is kept as long as this lasts
      await sql`select pg_advisory_xact_lock(hashtextextended('queue.dead-letter', 0))`.execute(trx);
      const { data } = await killWorkerEachTime(videoId);
      await takeJob(nats, 2500);
      await eventually(async () => expect(await messagesIn(DLQ.name)).toBe(before + 1));
      expect(await messagesIn(JOBS.name)).toBe(1);
      expect(await sweepLostJobs(queue.service, new Date())).toEqual([]);
      return data.jobId;
    });
    await eventually(async () => expect(await read(jobId)).toMatchObject({ state: 'dead', run: 1 }));
    await eventually(async () => expect(await messagesIn(JOBS.name)).toBe(0));
  });
});

describe('a job whose worker always crashes', () => {
  it('leaves one dead letter, is dead, tells its owner once, and can be redriven', async () => {
    const { videoId } = await announceUpload(nats, owner.userId);
    const { data } = await killWorkerEachTime(videoId);
    // the server notices at the next pull that it may not deliver the message again
    await takeJob(nats, 2500);
    await deaths.first(({ jobId }) => jobId === data.jobId, 10_000);
    const job = await read(data.jobId);
    expect(job).toMatchObject({ state: 'dead', attempts: 2, retryable: true });
    expect(job.attemptList.map(({ outcome }) => outcome)).toEqual(['crashed', 'crashed']);
    await eventually(async () => expect(await messagesIn(JOBS.name)).toBe(0));

    const letters = (await admin.send('listDeadLetters', { query: { service: 'media' } })).body.items;
    const [letter] = letters.filter(({ jobId }) => jobId === data.jobId);
    expect(letter).toMatchObject({ durable: 'media-process', cause: 'crashed', deliveries: 2, standing: 'redrivable' });
    const params = { deadLetterId: letter?.deadLetterId ?? 0 };
    const detail = await admin.send('readDeadLetter', { params });
    expect(detail.body).toMatchObject({ stream: JOBS.name, payload: { data: { videoId } } });

    const retries = await recordMessages(nats, jobRetried);
    const redriven = await admin.send('redriveDeadLetter', { params });
    expect(redriven.status).toBe(202);
    const again = await takeJobOf(nats, videoId);
    expect(again.messageId).toBe(`queue:job:${data.jobId}:run:2`);
    again.message.ack();
    const told = await retries.first(({ jobId }) => jobId === data.jobId);
    expect(told).toMatchObject({ run: 2, videoId, ownerId: owner.userId });
    expect(Date.parse(told.retriedAt)).toBeGreaterThan(Date.parse(deaths.heard.at(-1)?.diedAt ?? ''));
    expect((await admin.send('readDeadLetter', { params })).body).toMatchObject({ standing: 'redriven' });
    expect((await admin.send('redriveDeadLetter', { params })).problem.code).toBe('conflict');
    expect(deaths.heard.filter(({ jobId }) => jobId === data.jobId)).toHaveLength(1);
    expect(letters.filter(({ jobId }) => jobId === data.jobId)).toHaveLength(1);
  });
});

describe('a dead letter', () => {
  it('that a worker lays down on its last try kills the job, once, however often it comes', async () => {
    const { videoId } = await announceUpload(nats, owner.userId);
    const taken = await takeJobOf(nats, videoId);
    const letter = letterOf(taken, 'exhausted');
    await lay(letter);
    await lay(letter);
    taken.message.term();
    expect((await deaths.first(({ jobId }) => jobId === taken.data.jobId)).attempts).toBe(5);
    await eventually(async () => expect(await read(taken.data.jobId)).toMatchObject({ state: 'dead', attempts: 5 }));
    const { items } = (await admin.send('listDeadLetters')).body;
    expect(items.filter(({ jobId }) => jobId === taken.data.jobId)).toHaveLength(1);
    expect(deaths.heard.filter(({ jobId }) => jobId === taken.data.jobId)).toHaveLength(1);
  });

  it('for a permanent reason leaves the job to the worker’s own word', async () => {
    const { videoId } = await announceUpload(nats, owner.userId);
    const taken = await takeJobOf(nats, videoId);
    await lay(letterOf(taken, 'permanent'));
    taken.message.term();
    await eventually(async () => {
      const { items } = (await admin.send('listDeadLetters')).body;
      expect(items.map(({ jobId }) => jobId)).toContain(taken.data.jobId);
    });
    expect((await read(taken.data.jobId)).state).toBe('queued');
  });

  it('is redriven once: when the new run dies too, only the letter of that run can be', async () => {
    const { videoId } = await announceUpload(nats, owner.userId);
    const first = await takeJobOf(nats, videoId);
    await lay(letterOf(first, 'exhausted'));
    first.message.term();
    const { jobId } = first.data;
    const [old] = await lettersOf(jobId, ['redrivable']);
    const params = { deadLetterId: old ?? 0 };
    expect((await admin.send('redriveDeadLetter', { params })).status).toBe(202);
    const second = await takeJobOf(nats, videoId);
    await lay(letterOf(second, 'exhausted'));
    second.message.term();
    await lettersOf(jobId, ['redrivable', 'redriven']);
    expect((await admin.send('redriveDeadLetter', { params })).problem).toMatchObject({
      code: 'conflict',
      detail: 'it was redriven',
    });
    // one of the first run that comes late, when the second has long been at it
    await lay({ ...letterOf(first, 'exhausted'), streamSequence: second.message.seq + 1000, messageId: null });
    await lettersOf(jobId, ['superseded', 'redrivable', 'redriven']);
  });

  it('of a file that can never become a video is hopeless; after a failure of the moment it can be redriven', async () => {
    const { videoId } = await announceUpload(nats, owner.userId);
    const first = await takeJobOf(nats, videoId);
    await lay(letterOf(first, 'permanent'));
    await tellFailed(nats, first.data, 'timed_out');
    first.message.term();
    const { jobId } = first.data;
    const [passing] = await lettersOf(jobId, ['redrivable']);
    const params = { deadLetterId: passing ?? 0 };
    expect((await admin.send('redriveDeadLetter', { params })).status).toBe(202);
    const again = await takeJobOf(nats, videoId);
    await lay(letterOf(again, 'permanent'));
    await tellFailed(nats, again.data, 'no_video_track');
    again.message.term();
    const [hopeless = 0] = await lettersOf(jobId, ['hopeless', 'redriven']);
    const refused = await admin.send('redriveDeadLetter', { params: { deadLetterId: hopeless } });
    expect(refused.problem.detail).toContain('never');
    expect(await read(jobId)).toMatchObject({ state: 'failed', retryable: false });
    expect((await queueClient(queue, owner).send('retryJob', { params: { jobId } })).problem.code).toBe('conflict');
  });

  it('may hold anything, even what no database takes', async () => {
    const reason = `nul \0 ${randomUUID()}`;
    const payload = { text: 'nul \0', lone: '\ud800' };
    await lay({ ...eventLetter(), reason, payload });
    await eventually(async () => {
      const { items } = (await admin.send('listDeadLetters', { query: { service: 'stats' } })).body;
      const found = items.find((item) => item.reason === reason.replace('\0', '\uFFFD'));
      expect(found).toMatchObject({ jobId: null, standing: 'no_job' });
      const detail = await admin.send('readDeadLetter', { params: { deadLetterId: found?.deadLetterId ?? 0 } });
      expect(detail.body.payload).toMatchObject({ text: 'nul \0' });
    });
  });

  it('of a message without id is another one than that of the message that had its place before the stream was made again', async () => {
    const letter = { ...eventLetter(), durable: 'stats-replaced', reason: 'no JSON' };
    for (const n of [1, 1, 2, 2]) await lay({ ...letter, payload: { n } });
    await eventually(async () => {
      const { items } = (await admin.send('listDeadLetters', { query: { service: 'stats' } })).body;
      expect(items.filter(({ durable }) => durable === 'stats-replaced')).toHaveLength(2);
    });
  });

  it('that cannot be read is told once more in words and ends there', async () => {
    const before = await messagesIn(DLQ.name);
    await nats.connection.jetstream().publish('dlq.stats.rubbish', 'no JSON');
    await eventually(async () => {
      const { items } = (await admin.send('listDeadLetters', { query: { service: 'queue' } })).body;
      expect(items).toMatchObject([
        { durable: 'queue-dead-letters', cause: 'malformed', subject: 'dlq.stats.rubbish' },
      ]);
    });
    expect(await messagesIn(DLQ.name)).toBe(before + 2);
  });
});

describe('letters of before their stream was lost', () => {
  it('stay when it is recreated and its places begin again', async () => {
    await lay({ ...eventLetter(), durable: 'stats-first', reason: 'no JSON', payload: { n: 1 } });
    const letters = async (): Promise<readonly string[]> => {
      const { items } = (await admin.send('listDeadLetters', { query: { limit: 100 } })).body;
      return items.map(({ durable }) => durable);
    };
    await eventually(async () => expect(await letters()).toContain('stats-first'));
    const before = await letters();
    const { streams } = await nats.connection.jetstreamManager();
    await streams.delete(DLQ.name);
    // the provisioner creates it and its durable
    await eventually(async () => {
      await lay({ ...eventLetter(), durable: 'stats-second', reason: 'no JSON', payload: { n: 2 } });
    }, 40_000);
    await eventually(async () => expect(await letters()).toEqual(['stats-second', ...before]), 20_000);
    expect((await streams.info(DLQ.name)).state.last_seq).toBeLessThan(before.length);
  });
});

describe('a consumer of events that crashes on each delivery', () => {
  it('leaves a dead letter, and the event stays for the others', async () => {
    const videoId = randomUUID();
    await publishAs(nats, 'video', videoCreated, {
      aggregate: videoId,
      data: {
        ...{ videoId, ownerId: owner.userId, version: 1 },
        title: 'Sea',
        visibility: 'public',
        createdAt: new Date().toISOString(),
      },
    });
    const manager = await nats.connection.jetstreamManager();
    const sequence = (await manager.streams.getMessage(EVENTS.name, { last_by_subj: videoCreated.subject })).seq;
    const advisory = {
      type: 'io.nats.jetstream.advisory.v1.max_deliver',
      id: randomUUID(),
      timestamp: new Date(Date.now() + 1000).toISOString(),
      stream: EVENTS.name,
      consumer: 'media-video-created',
      stream_seq: sequence,
      deliveries: 8,
    };
    const subject = `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${EVENTS.name}.media-video-created`;
    nats.connection.publish(subject, JSON.stringify(advisory));
    await eventually(async () => {
      const { items } = (await admin.send('listDeadLetters', { query: { service: 'media' } })).body;
      const found = items.find(({ durable }) => durable === 'media-video-created');
      expect(found).toMatchObject({
        subject: videoCreated.subject,
        cause: 'crashed',
        deliveries: 8,
        standing: 'no_job',
      });
    });
    expect((await manager.streams.getMessage(EVENTS.name, { seq: sequence })).seq).toBe(sequence);
  });

  it('leaves a dead letter that describes its message where that is too large or too deep to be stored', async () => {
    const texts = [
      ['large', '"'.repeat(600_000)],
      ['deeply', `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
      ['large', JSON.stringify({ id: 'x'.repeat(1_048_500) })],
    ] as const;
    const manager = await nats.connection.jetstreamManager();
    for (const [word, text] of texts) {
      const { seq } = await nats.connection.jetstream().publish(videoCreated.subject, text);
      const { time } = await manager.streams.getMessage(EVENTS.name, { seq });
      const advisory = { id: randomUUID(), timestamp: new Date(time.getTime() + 1000).toISOString(), deliveries: 8 };
      const place = { stream: EVENTS.name, consumer: 'media-video-created', stream_seq: seq };
      const subject = `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${EVENTS.name}.media-video-created`;
      nats.connection.publish(subject, JSON.stringify({ ...advisory, ...place }));
      await eventually(async () => {
        const { items } = (await admin.send('listDeadLetters', { query: { service: 'media' } })).body;
        const found = items.find(({ reason }) => reason.includes(word));
        const { body } = await admin.send('readDeadLetter', { params: { deadLetterId: found?.deadLetterId ?? 0 } });
        expect(body).toMatchObject({ cause: 'crashed', streamSequence: seq, payload: null, messageId: null });
      });
    }
  });

  it('is left alone when it is the one that keeps dead letters', async () => {
    const before = await messagesIn(DLQ.name);
    const advisory = { id: randomUUID(), timestamp: new Date().toISOString(), stream: DLQ.name, stream_seq: 1 };
    const told = { ...advisory, consumer: 'queue-dead-letters', deliveries: 8 };
    const subject = `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${DLQ.name}.queue-dead-letters`;
    nats.connection.publish(subject, JSON.stringify(told));
    await eventually(async () => {
      const { num_pending, num_ack_pending } = await (
        await nats.connection.jetstream().consumers.get('ADVISORY', 'queue-max-deliveries')
      ).info();
      expect(num_pending + num_ack_pending).toBe(0);
    });
    expect(await messagesIn(DLQ.name)).toBe(before);
  });
});

function letterOf({ data, message }: TakenJob, cause: 'exhausted' | 'permanent') {
  return {
    service: 'media',
    durable: 'media-process',
    stream: JOBS.name,
    streamSequence: message.seq,
    subject: videoProcess.subject,
    messageId: `job:${data.jobId}:run:${data.run}`,
    reason: 'ffmpeg ended with 1',
    cause,
    deliveries: 5,
    payload: message.json(),
    diedAt: new Date().toISOString(),
  };
}

function eventLetter() {
  return {
    ...{ service: 'stats', durable: 'stats-video-published', stream: EVENTS.name, streamSequence: 7 },
    ...{ subject: 'events.video.published', messageId: null, cause: 'malformed', deliveries: 1 },
    diedAt: new Date().toISOString(),
  };
}

async function lay(
  letter: Readonly<Record<'service' | 'subject', string>> & Readonly<Record<string, unknown>>,
): Promise<void> {
  const subject = deadLetterSubject(letter.service, letter.subject, { stream: DLQ.name, prefix: 'dlq' });
  await nats.connection.jetstream().publish(subject, JSON.stringify(letter));
}
