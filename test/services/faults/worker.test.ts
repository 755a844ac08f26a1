/** The worker dies under its work: once, by a kill in mid-ffmpeg; and always, by a program that takes it down each time. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authApi, LIVE_EVENTS, mediaApi, notifApi, queueApi, routePath, videoApi } from '#contracts';
import type { LocalPlatform } from '#local';
import { deadlyFfmpeg } from '#test-support/deadly-ffmpeg';
import { openEvents } from '#test-support/event-source';
import { eventually } from '#test-support/eventually';
import { makeFilmClip } from '../../../demo/film-clip.ts';
import { createDraft, uploadFile, type CreatedVideo } from '../../../demo/film-upload.ts';
import { Member } from '../../../demo/member.ts';
import { newMember, startWholePlatform } from '../end-to-end/whole-platform.ts';

const PROCESSING_MS = 90_000;
const MAX_DELIVER = 2;
/** Signs of life come much more often, so that a busy machine does not count as a dead worker. */
const ACK_WAIT_S = 10;

describe('a worker that dies', () => {
  const ffmpeg = deadlyFfmpeg();
  let platform: LocalPlatform;
  let ada: Member;
  let clip: Buffer;

  beforeAll(async () => {
    clip = await makeFilmClip({ picture: 'testsrc2', seconds: 20, size: '640x360', bitRate: '1M' });
    platform = await startWholePlatform({
      backoffMs: 100,
      env: {
        media: { FFMPEG_PATH: ffmpeg.path, DISK_FLOOR_BYTES: '0', PROGRESS_INTERVAL_MS: '50', JOB_WORKING_S: '1' },
        queue: { JOB_ACK_WAIT_S: String(ACK_WAIT_S), JOB_MAX_DELIVER: String(MAX_DELIVER), SWEEP_S: '2' },
      },
    });
    ada = await newMember(platform, 'Ada');
  });

  afterAll(async () => {
    await platform.stop();
    ffmpeg.remove();
  });

  async function uploaded(title: string): Promise<CreatedVideo> {
    const created = await createDraft(ada, { title, fileName: 'clip.mp4', visibility: 'public' }, clip);
    await uploadFile(ada, created, clip);
    return created;
  }

  async function jobOf({ video }: CreatedVideo) {
    const { items } = await ada.call(queueApi, 'listMyJobs', { query: { videoId: video.videoId } });
    const [job] = items;
    if (job === undefined) throw new Error('no job yet');
    return await ada.call(queueApi, 'readJob', { params: { jobId: job.jobId } });
  }

  it('is killed in mid-ffmpeg: the job comes again, one revision is made, nothing is left lying', async () => {
    const page = await openEvents(`${platform.url}${routePath(notifApi, 'openStream')}`, ada.headers);
    const created = await uploaded('Killed once');
    await page.next(
      ({ name, data }) => name === 'progress' && LIVE_EVENTS.progress.parse(data).phase === 'transcoding',
      PROCESSING_MS,
    );
    page.close();
    platform.instance('media-0').kill('SIGKILL');

    await eventually(async () => {
      const { state, attemptList } = await jobOf(created);
      expect({ state, outcomes: attemptList.map(({ outcome }) => outcome) }).toEqual({
        state: 'done',
        outcomes: ['crashed', 'done'],
      });
    }, PROCESSING_MS);
    const media = await ada.call(mediaApi, 'readMedia', { params: { videoId: created.video.videoId } });
    expect(media.playable?.revision).toBeDefined();
    const { HLS_DIR = '', WORK_DIR = '' } = platform.instance('media-0').plan.env;
    await eventually(() => {
      expect(readdirSync(WORK_DIR)).toEqual([]);
    });
    const revisions = readdirSync(join(HLS_DIR, created.video.videoId));
    expect(revisions).toHaveLength(1);
  }, 200_000);

  it('dies each time: one dead letter, the job is dead, its owner is told once, and a redrive brings it to its end', async () => {
    ffmpeg.poison();
    const created = await uploaded('Always deadly');
    await eventually(async () => {
      expect(await jobOf(created)).toMatchObject({ state: 'dead', run: 1 });
    }, PROCESSING_MS);

    const admin = await firstAdmin();
    const lettersOf = async () => {
      const { items } = await admin.call(queueApi, 'listDeadLetters');
      const { jobId } = await jobOf(created);
      return items.filter((letter) => letter.jobId === jobId);
    };
    const toldOf = async () => {
      const { items } = await ada.call(notifApi, 'listNotifications');
      return items.filter(({ kind, videoId }) => kind === 'job_dead' && videoId === created.video.videoId);
    };
    await eventually(async () => {
      expect(await lettersOf()).toMatchObject([{ cause: 'crashed', standing: 'redrivable', deliveries: MAX_DELIVER }]);
      expect(await toldOf()).toHaveLength(1);
    });

    ffmpeg.cure();
    await platform.instance('media-0').untilReady(60_000);
    const videoOf = async () => await ada.call(videoApi, 'readVideo', { params: { videoId: created.video.videoId } });
    await eventually(async () => {
      const { state, failure } = await videoOf();
      expect([state, failure?.reason]).toEqual(['failed', 'Processing was interrupted 2 times and is not retried.']);
    });
    const [letter] = await lettersOf();
    if (letter === undefined) throw new Error('the dead letter is gone');
    await admin.call(queueApi, 'redriveDeadLetter', { params: { deadLetterId: letter.deadLetterId } });
    await eventually(async () => {
      expect(await jobOf(created)).toMatchObject({ state: 'done', run: 2 });
      expect(await videoOf()).toMatchObject({ state: 'ready', failure: null });
    }, PROCESSING_MS);
    expect(await toldOf()).toHaveLength(1);
  }, 300_000);

  it('stays under the memory limit of its manifest, with all that it starts', () => {
    expect(platform.peakMemoryBytes('media-0')).toBeLessThan(1024 ** 3);
  });

  /** Makes the first administrator as the manual says: by the command in the service, with the service's environment. */
  async function firstAdmin(): Promise<Member> {
    const { env, command } = platform.instance('auth-0').plan;
    const [program, ...args] = command;
    const { stdout } = await promisify(execFile)(program, [...args, 'first-admin'], {
      env: { ...process.env, ...env },
    });
    const token = new URL(stdout.trim()).hash.replace('#token=', '');
    const handle = 'first_admin';
    const admin = new Member(platform.url, { handle, displayName: 'Admin', password: `correct horse ${handle}` });
    const body = { handle, displayName: 'Admin', email: 'admin@example.org', password: admin.identity.password, token };
    const { account } = await admin.call(authApi, 'redeemFirstAdminLink', { body });
    expect(account.role).toBe('admin');
    return admin;
  }
});
