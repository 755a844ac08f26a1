import { Buffer } from 'node:buffer';
import { randomUUID, verify } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  quotaChanged,
  uploadTicket,
  videoCreated,
  videoDeleted,
  videoPublished,
  videoUpdated,
  videoVisibilityChanged,
} from '#contracts';
import { event } from '#test-support/event-feed';
import { recordMessages } from '#test-support/message-recorder';
import {
  died,
  failed,
  processed,
  retried,
  startVideoWorld,
  uploaded,
  type VideoUser,
  type VideoWorld,
} from './running-video.ts';

let world: VideoWorld;
let ann: VideoUser;

beforeAll(async () => {
  world = await startVideoWorld();
  ann = await world.user({ handle: 'ann' });
});

afterAll(async () => await world.stop());

const wish = { title: 'Sea', fileName: 'sea.mp4', bytes: 5000 };

describe('a draft', () => {
  it('is private at first, is told of, and comes with a ticket that media can verify', async () => {
    const created = await recordMessages(world.link, videoCreated);
    const { status, body } = await ann.client.send('createVideo', { body: wish });
    expect(status).toBe(201);
    expect(body.video).toMatchObject({ title: 'Sea', visibility: 'private', state: 'draft', version: 1, bytes: 5000 });
    expect(body.upload.url).toBe('http://localhost:8080/api/media/uploads');

    const [text = '', signature = ''] = body.upload.ticket.split('.');
    const pem = world.running.service.config.UPLOAD_TICKET_PRIVATE_KEY;
    const bytes = Buffer.from(signature, 'base64url');
    expect(verify(null, Buffer.from(text), createPublicKey(pem), bytes)).toBe(true);
    expect(uploadTicket.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))).toEqual({
      videoId: body.video.videoId,
      ownerId: ann.userId,
      fileName: 'sea.mp4',
      bytes: 5000,
      expiresAt: body.upload.expiresAt,
    });
    const told = await created.first(({ videoId }) => videoId === body.video.videoId);
    expect(told).toMatchObject({ ownerId: ann.userId, version: 1, title: 'Sea', visibility: 'private' });
  });

  it('is made once however often it is asked for with one key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await ann.client.send('createVideo', { body: wish, headers });
    const second = await ann.client.send('createVideo', { body: wish, headers });
    expect(second.body).toEqual(first.body);
    const other = await ann.client.send('createVideo', { body: { ...wish, title: 'Lake' }, headers });
    expect([other.status, other.problem.code]).toEqual([409, 'idempotency_mismatch']);
    const mine = await ann.client.send('listMyVideos', { query: { q: 'sea' } });
    expect(mine.body.items.filter(({ videoId }) => videoId === first.body.video.videoId)).toHaveLength(1);
  });

  it('is made once when the process died before it could keep its answer', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await ann.client.send('createVideo', { body: wish, headers });
    await world.running.service.db.deleteFrom('idempotency').execute();
    const second = await ann.client.send('createVideo', { body: wish, headers });
    expect(second.body.video.videoId).toBe(first.body.video.videoId);
  });

  it.each([
    ['an owner', { ownerId: randomUUID() }],
    ['a state', { state: 'ready' }],
    ['an id', { videoId: randomUUID() }],
    ['figures', { views: 1_000_000 }],
  ])('is refused with %s of the client’s choice', async (_, more) => {
    const answer = await ann.client.send('createVideo', { body: { ...wish, ...more } });
    const pointer = `/${Object.keys(more)[0]}`;
    expect([answer.status, answer.problem.errors]).toEqual([422, [{ pointer, detail: 'is not a known field' }]]);
  });

  it('is refused when the file does not fit beside what is stored and other drafts', async () => {
    const bob = await world.user();
    const quota = { userId: bob.userId, version: 1, limitBytes: 10_000, usedBytes: 2000, changedAt: now() };
    await world.tell(event(quotaChanged, quota, bob.userId));
    expect((await bob.client.send('createVideo', { body: wish })).status).toBe(201);
    const second = await bob.client.send('createVideo', { body: wish });
    expect([second.status, second.problem.code]).toEqual([413, 'quota_exceeded']);
    expect(second.problem.detail).toContain('3000 are left');
    const both = await Promise.all(
      [1, 2].map(() => bob.client.send('createVideo', { body: { ...wish, bytes: 3000 } })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([201, 413]);
  });

  it('counts a draft whose ticket ran out, because its upload may still go on', async () => {
    const bob = await world.user();
    const quota = { userId: bob.userId, version: 1, limitBytes: 10_000, usedBytes: 0, changedAt: now() };
    await world.tell(event(quotaChanged, quota, bob.userId));
    const statuses: number[] = [];
    for (let draft = 0; draft < 8; draft++) {
      const { status, body } = await bob.client.send('createVideo', { body: { ...wish, bytes: 4000 } });
      statuses.push(status);
      if (status === 201) await letTicketRunOut(body.video.videoId);
    }
    expect(statuses).toEqual([201, 201, 413, 413, 413, 413, 413, 413]);
  });

  it('counts a file that arrived before user told of it, and a deleted one until its bytes are gone', async () => {
    const bob = await world.user();
    const quota = { userId: bob.userId, version: 1, limitBytes: 10_000, usedBytes: 0, changedAt: now() };
    await world.tell(event(quotaChanged, quota, bob.userId));
    const { videoId } = await world.draft(bob, { bytes: 8000 });
    await world.tell(uploaded({ videoId, ownerId: bob.userId }));
    const status = async () => (await bob.client.send('createVideo', { body: { ...wish, bytes: 4000 } })).status;
    expect(await status()).toBe(413);
    await world.tell(event(quotaChanged, { ...quota, version: 2, usedBytes: 8000 }, bob.userId));
    await bob.client.send('deleteVideo', { params: { videoId } });
    expect(await status()).toBe(413);
    await world.tell(event(quotaChanged, { ...quota, version: 3 }, bob.userId));
    expect(await status()).toBe(201);
  });

  it('applies the default quota until it knows another', async () => {
    const bob = await world.user();
    const bytes = 4 * 1024 ** 3;
    const drafts = await Promise.all(
      Array.from({ length: 10 }, () => bob.client.send('createVideo', { body: { ...wish, bytes } })),
    );
    expect(drafts.map(({ status }) => status).sort()).toEqual([201, 201, ...Array.from({ length: 8 }, () => 413)]);
    expect((await bob.client.send('createVideo', { body: { ...wish, bytes: 2 ** 53 - 1 } })).status).toBe(422);
  });

  it('gets a new ticket as long as it is a draft', async () => {
    const { videoId } = await world.draft(ann);
    const renewed = await ann.client.send('renewUpload', { params: { videoId } });
    expect([renewed.status, renewed.body.ticket.split('.')]).toEqual([201, [expect.any(String), expect.any(String)]]);
    await world.tell(uploaded({ videoId, ownerId: ann.userId }));
    const late = await ann.client.send('renewUpload', { params: { videoId } });
    expect([late.status, late.problem.code]).toEqual([409, 'conflict']);
  });
});

describe('a video on its way', () => {
  it('goes from draft over processing to ready, is published once, and then plays', async () => {
    const published = await recordMessages(world.link, videoPublished);
    const { videoId } = await world.draft(ann, { title: 'Way' });
    const about = { videoId, ownerId: ann.userId };
    const read = async () => (await ann.client.send('readVideo', { params: { videoId } })).body;
    expect(await read()).toMatchObject({ state: 'draft', playback: null, posterUrl: null, durationSeconds: null });
    await world.tell(uploaded(about));
    expect((await read()).state).toBe('processing');
    expect((await world.guest.send('readVideo', { params: { videoId } })).status).toBe(404);
    await world.tell(processed(about));
    expect(await read()).toMatchObject({
      ...{ state: 'ready', version: 3, durationSeconds: 12.5, mine: true, likedByMe: false },
      posterUrl: `/api/media/videos/${videoId}/hls/r1/poster.jpg`,
      playback: { revision: 'r1', masterUrl: `/api/media/videos/${videoId}/hls/r1/master.m3u8` },
    });
    await world.tell(processed(about, { run: 2, revision: 'r2', at: new Date(Date.now() + 1000) }));
    expect((await read()).playback?.revision).toBe('r2');
    const told = await published.first((data) => data.videoId === videoId);
    expect(told).toMatchObject({ ownerHandle: 'ann', title: 'Way', version: 3, revision: 'r1', durationSeconds: 12.5 });
    expect(published.heard.filter((data) => data.videoId === videoId)).toHaveLength(1);
  });

  it('shows why it failed to its owner alone, and is ready when a later run succeeds', async () => {
    const { videoId } = await world.draft(ann);
    const about = { videoId, ownerId: ann.userId };
    await world.tell(failed(about));
    const { body } = await ann.client.send('readVideo', { params: { videoId } });
    expect([body.state, body.failure]).toEqual(['failed', { code: 'unreadable', reason: 'the file holds no video' }]);
    const admin = await world.user({ role: 'admin' });
    expect((await admin.client.send('readVideo', { params: { videoId } })).body.failure).toBeNull();
    await world.tell(processed(about, { run: 2, at: new Date(Date.now() + 1000) }));
    const after = await ann.client.send('readVideo', { params: { videoId } });
    expect([after.body.state, after.body.failure]).toEqual(['ready', null]);
  });

  it('has failed when its job is dead, is processing when that is redriven, and then ready', async () => {
    const { videoId } = await world.draft(ann);
    const about = { videoId, ownerId: ann.userId };
    const read = async () => {
      const { state, failure } = (await ann.client.send('readVideo', { params: { videoId } })).body;
      return [state, failure];
    };
    const later = (seconds: number) => new Date(Date.now() + seconds * 1000);
    await world.tell(uploaded(about), died(about));
    const reason = 'Processing was interrupted 5 times and is not retried.';
    expect(await read()).toEqual(['failed', { code: 'internal', reason }]);
    await world.tell(retried(about, { at: later(1) }));
    expect(await read()).toEqual(['processing', null]);
    await world.tell(died(about, { at: later(2), run: 2 }));
    expect(await read()).toEqual(['failed', { code: 'internal', reason }]);
    await world.tell(retried(about, { at: later(3), run: 3 }));
    await world.tell(processed(about, { run: 3, at: later(4) }));
    expect(await read()).toEqual(['ready', null]);
  });

  it.each([
    ['an earlier run, told after the retry', { run: 1, order: 'retry, failure', state: 'processing' }],
    ['an earlier run, told before the retry', { run: 1, order: 'failure, retry', state: 'processing' }],
    ['the new run, told after the retry', { run: 2, order: 'retry, failure', state: 'failed' }],
    ['the new run, told before the retry', { run: 2, order: 'failure, retry', state: 'failed' }],
  ])('takes a failure of %s for what it is, however much clocks differ', async (_, { run, order, state }) => {
    for (const failure of [failed, died]) {
      for (const seconds of [-60, 60]) {
        const { videoId } = await world.draft(ann);
        const about = { videoId, ownerId: ann.userId };
        const at = new Date(Date.now() + seconds * 1000);
        const told = [retried(about, { run: 2 }), failure(about, { run, at })];
        await world.tell(uploaded(about));
        for (const one of order === 'failure, retry' ? told.reverse() : told) await world.tell(one);
        const { body } = await ann.client.send('readVideo', { params: { videoId } });
        expect(body.state).toBe(state);
        expect(body.failure === null).toBe(state === 'processing');
      }
    }
  });

  it('tells its owner alone how the film differs from its file, as the newest revision says it', async () => {
    const { videoId } = await world.draft(ann);
    const about = { videoId, ownerId: ann.userId };
    const params = { videoId };
    await world.tell(processed(about, { remarks: ['The file ends after 5 of 10 seconds; the rest is missing.'] }));
    const own = await ann.client.send('readVideo', { params });
    expect(own.body.remarks).toEqual(['The file ends after 5 of 10 seconds; the rest is missing.']);
    const { body } = await ann.client.send('listMyVideos', {});
    expect(body.items.find((video) => video.videoId === videoId)?.remarks).toEqual(own.body.remarks);
    expect((await world.guest.send('readVideo', { params })).body).not.toHaveProperty('remarks');
    await world.tell(processed(about, { run: 2, revision: 'r2', at: new Date(Date.now() + 1000) }));
    expect((await ann.client.send('readVideo', { params })).body.remarks).toEqual([]);
  });
});

describe('a change', () => {
  it('needs the version that is there: 428 without, 412 with another, and each change is told with a version of its own', async () => {
    const updated = await recordMessages(world.link, videoUpdated);
    const seen = await recordMessages(world.link, videoVisibilityChanged);
    const { videoId } = await world.draft(ann, { visibility: 'private' });
    const params = { videoId };
    const body = { title: 'Sea again', tags: ['sea', 'sea', 'sun'], visibility: 'public' as const };
    const none = await ann.client.send('changeVideo', { params, body });
    expect([none.status, none.problem.code]).toEqual([428, 'version_required']);
    const wrong = await ann.client.send('changeVideo', { params, body, headers: { 'if-match': '"v7"' } });
    expect([wrong.status, wrong.problem.code]).toEqual([412, 'version_mismatch']);
    const right = await ann.client.send('changeVideo', { params, body, headers: { 'if-match': '"v1"' } });
    expect([right.status, right.headers.get('etag')]).toEqual([200, '"v3"']);
    expect(right.body).toMatchObject({ title: 'Sea again', tags: ['sea', 'sun'], visibility: 'public', version: 3 });
    const again = await ann.client.send('changeVideo', { params, body, headers: { 'if-match': '"v3"' } });
    expect([again.status, again.body.version]).toEqual([200, 3]);
    expect(await updated.first((data) => data.videoId === videoId)).toMatchObject({ title: 'Sea again', version: 2 });
    const told = await seen.first((data) => data.videoId === videoId);
    expect(told).toMatchObject({ visibility: 'public', previous: 'private', version: 3 });
  });

  it('lets one of two pass that know the same version', async () => {
    const { videoId } = await world.draft(ann);
    const titles = ['One', 'Two', 'Three', 'Four'];
    const headers = { 'if-match': '"v1"' };
    const answers = await Promise.all(
      titles.map((title) => ann.client.send('changeVideo', { params: { videoId }, body: { title }, headers })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });

  it('keeps markup as the text that it is', async () => {
    const title = '<script>alert(1)</script> & "more"';
    const { videoId } = await world.draft(ann, { title });
    expect((await ann.client.send('readVideo', { params: { videoId } })).body.title).toBe(title);
  });
});

describe('a deletion', () => {
  it('is for good, and told once with its reason', async () => {
    const deleted = await recordMessages(world.link, videoDeleted);
    const { videoId } = await world.ready(ann);
    expect((await ann.client.send('deleteVideo', { params: { videoId } })).status).toBe(204);
    expect((await ann.client.send('deleteVideo', { params: { videoId } })).status).toBe(404);
    expect((await ann.client.send('readVideo', { params: { videoId } })).status).toBe(404);
    expect(await deleted.first((data) => data.videoId === videoId)).toMatchObject({ reason: 'owner', version: 3 });
    await world.tell(processed({ videoId, ownerId: ann.userId }, { run: 2 }));
    expect((await ann.client.send('readVideo', { params: { videoId } })).status).toBe(404);
  });

  it('may be an administrator’s, and then says so', async () => {
    const deleted = await recordMessages(world.link, videoDeleted);
    const { videoId } = await world.ready(ann);
    const admin = await world.user({ role: 'admin' });
    expect((await admin.client.send('deleteVideo', { params: { videoId } })).status).toBe(204);
    expect(await deleted.first((data) => data.videoId === videoId)).toMatchObject({ reason: 'admin' });
  });
});

function now(): string {
  return new Date().toISOString();
}

async function letTicketRunOut(videoId: string): Promise<void> {
  await world.running.service.db
    .updateTable('video')
    .set({ ticket_expires_at: new Date(Date.now() - 1000) })
    .where('id', '=', videoId)
    .execute();
}
