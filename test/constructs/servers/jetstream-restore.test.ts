/** JetStream's volume saved and brought back by the commands of docs/backups.md, with the streams of the platform. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { media, topology as platform } from '#catalog';
import { videoProcess } from '#contracts';
import { consumerConfig } from '#declare';
import { openNats, type OpenNats } from '#runtime/events/connection';
import { provision } from '#runtime/events/provisioner';
import { publish } from '#runtime/events/publisher';
import { createLogger, withPolicy } from '#runtime';
import { temporaryFolder, type RunningNats } from '#local';
import { startNats } from '#test-support/nats';

const run = promisify(execFile);
/** The platform's streams, by which a worker that is gone is noticed soon. */
const topology = withPolicy(platform, videoProcess, { ackWaitSeconds: 2 });
const lost = temporaryFolder('nats-lost');
const fresh = temporaryFolder('nats-fresh');
const log = createLogger({ service: 'test', version: '0', level: 'silent' });
const opened: { stop(): Promise<void> }[] = [];
afterAll(async () => {
  for (const one of opened.reverse()) await one.stop();
});

it('gives back what waits, what is in work and what was acknowledged, and still knows what it was sent', async () => {
  const before = await startOn(lost);
  await provision(before.link, topology);
  const jobs = [await queueJob(before.link), await queueJob(before.link), await queueJob(before.link)];
  const done = await nextJob(before.link);
  await done.ackAck();
  const inWork = await nextJob(before.link);
  expect([done.seq, inWork.seq]).toEqual([1, 2]);
  const streams = await streamsOf(before.link);
  await before.link.close();
  await before.server.stop();

  const archive = join(lost, 'jetstream.tar');
  await run('sh', ['-c', `${documented('exec streams', join(lost, 'jetstream'))} > "$1"`, 'sh', archive]);
  mkdirSync(join(fresh, 'jetstream'));
  await run('sh', ['-c', `${documented('exec -i streams', join(fresh, 'jetstream'))} < "$1"`, 'sh', archive]);

  const { link } = await startOn(fresh);
  expect(await streamsOf(link)).toEqual(streams);
  expect(await provision(link, topology)).toEqual([]);
  const [waiting, again] = [await nextJob(link), await nextJob(link)];
  expect([waiting.seq, again.seq].sort()).toEqual([2, 3]);
  expect((await sendAgain(link, jobs[2])).duplicate).toBe(true);
});

async function startOn(folder: string): Promise<{ server: RunningNats; link: OpenNats }> {
  const server = await startNats(undefined, { folder, foreign: false });
  opened.push(server);
  const link = await openNats({
    url: server.url,
    user: 'anybody',
    password: 'anything',
    name: 'test',
    inboxPrefix: '_INBOX',
    deadlineMs: 10_000,
    onFatal: () => undefined,
    log,
  });
  opened.push({ stop: async () => await link.close() });
  return { server, link };
}

interface Job {
  readonly jobId: string;
  readonly id: string;
}

async function queueJob(link: OpenNats): Promise<Job> {
  const jobId = randomUUID();
  const job = { jobId, id: `job:${jobId}:run:1` };
  expect((await sendAgain(link, job)).duplicate).toBe(false);
  return job;
}

async function sendAgain(link: OpenNats, job: Job | undefined): Promise<{ readonly duplicate: boolean }> {
  if (job === undefined) throw new Error('no such job');
  const video = { videoId: randomUUID(), ownerId: randomUUID(), uploadId: randomUUID(), fileName: 'sea.mp4', bytes: 1 };
  const data = { ...video, jobId: job.jobId, run: 1, queuedAt: new Date().toISOString() };
  return await publish(link, 'queue', videoProcess, { id: job.id, aggregate: job.jobId, data });
}

/** The next job as media pulls it. */
async function nextJob(link: OpenNats) {
  const consumed = media.consumes.find(({ message }) => message === videoProcess);
  if (consumed === undefined) throw new Error('media consumes no jobs');
  const { durable_name: durable } = consumerConfig(media, consumed, topology);
  const consumer = await link.connection.jetstream().consumers.get('JOBS', durable);
  const message = await consumer.next({ expires: 90_000 });
  if (message === null) throw new Error('no job came');
  return message;
}

/** Messages and consumers of each stream. */
async function streamsOf(link: OpenNats) {
  const manager = await link.connection.jetstreamManager({ checkAPI: false });
  const streams = await manager.streams.list().next();
  return streams.map(({ config, state }) => [config.name, state.messages, state.last_seq, state.consumer_count]).sort();
}

/** What the page has a pod do, with a folder of this machine as the volume. */
function documented(verb: string, volume: string): string {
  const page = readFileSync('docs/backups.md', 'utf8');
  const [, command] = new RegExp(`^\\s*kubectl .*${verb} -- (tar .*) [<>] jetstream.tar$`, 'm').exec(page) ?? [];
  if (command === undefined) throw new Error(`docs/backups.md no longer says what is done by: ${verb}`);
  return command.replace('/data', volume);
}
