import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOB_POLICY, media as declaration, queue as queueDeclaration } from '#catalog';
import { jobDead, mediaFailed, queueApi, videoProcess } from '#contracts';
import type { OpenNats } from '#runtime/events/connection';
import { startService } from '#runtime';
import { consumers } from '#services/media/consumers';
import { mediaFolders } from '#services/media/disk/media-files';
import { definitionWith as mediaDefinitionWith } from '#services/media/definition';
import { definition as queueDefinition } from '#services/queue/definition';
import { ApiClient } from '#test-support/api-client';
import { recordMessages } from '#test-support/message-recorder';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import { mediaDisk, signTicket, startMedia, type RunningMedia } from './running-media.ts';
import { makeTestVideo } from './test-video.ts';
import { TusClient, uploadWhole } from './tus-client.ts';

let stores: ServiceStores;
let nats: OpenNats;
let queue: { readonly url: string; stop(): Promise<void> };
let media: RunningMedia;
let owner: LoggedIn;
const disk = mediaDisk();

beforeAll(async () => {
  stores = await startServiceStores();
  nats = await stores.adminNats();
  queue = await startService(queueDefinition, { env: stores.env(queueDeclaration), port: 0 });
  owner = await stores.logIn();
});

afterAll(async () => {
  await media.stop();
  await queue.stop();
  await stores.stop();
  disk.remove();
});

describe('a job whose worker has bad luck', () => {
  it('is tried as often as declared, then is dead: one dead letter, and the owner is told once', async () => {
    const tries = join(disk.root, 'tries');
    const broken = join(disk.root, 'broken-ffmpeg');
    writeFileSync(broken, `#!/bin/sh\necho tried >> '${tries}'\necho 'No space left on device' >&2\nexit 1\n`);
    chmodSync(broken, 0o755);
    media = await startMedia(stores, disk, { FFMPEG_PATH: broken }, mediaDefinitionWith({ nakDelaysSeconds: [0.1] }));
    const deaths = await recordMessages(nats, jobDead);
    const failures = await recordMessages(nats, mediaFailed);
    const bytes = readFileSync(await makeTestVideo(disk.root, 'sea.mp4', { seconds: 1 }));
    const { ticket, text } = signTicket(stores, owner.userId, bytes.length);
    await uploadWhole(new TusClient(media.url, owner), text, bytes);

    const death = await deaths.first(({ videoId }) => videoId === ticket.videoId, 60_000);
    expect(death).toMatchObject({ attempts: 5, fileName: 'holiday.mp4' });
    expect(death.reason).not.toMatch(/ffmpeg|device/);
    expect(readFileSync(tries, 'utf8').trim().split('\n')).toHaveLength(5);
    const jobs = new ApiClient(queue.url, queueApi, { cookie: `sid=${owner.secret}` });
    const { body } = await jobs.send('readJob', { params: { jobId: death.jobId } });
    expect(body.state).toBe('dead');
    expect(body.attemptList.map(({ outcome }) => outcome)).toEqual([
      'retried',
      'retried',
      'retried',
      'retried',
      'failed',
    ]);
    const admin = await stores.logIn({ role: 'admin' });
    const desk = new ApiClient(queue.url, queueApi, { cookie: `sid=${admin.secret}` });
    const letters = (await desk.send('listDeadLetters')).body.items;
    expect(letters).toMatchObject([{ jobId: death.jobId, cause: 'exhausted', deliveries: 5 }]);
    expect([deaths.heard.length, failures.heard.length]).toEqual([1, 0]);
    expect(readdirSync(join(disk.root, 'work'))).toEqual([]);
  });

  it('is not reported as stuck before each of its encodings has had its time', () => {
    const made = consumers(media.service, mediaFolders(media.service.config), {});
    const worker = made.find(({ message }) => message === videoProcess);
    expect(worker?.options.longAfterSeconds).toBe(3 * 7200);
  });

  it('waits in production as the declaration says', () => {
    expect(JOB_POLICY).toMatchObject({ ackWaitSeconds: 60, maxDeliver: 5, nakDelaysSeconds: [10, 60, 300, 900] });
    const working = declaration.env.find(({ name }) => name === 'JOB_WORKING_S');
    expect(working?.source).toMatchObject({ value: '15' });
  });
});
