import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profileUpdated, videoCommented, videoLiked } from '#contracts';
import { event } from '#test-support/event-feed';
import { recordMessages } from '#test-support/message-recorder';
import { startVideoWorld, type VideoUser, type VideoWorld } from './running-video.ts';

let world: VideoWorld;
let ann: VideoUser;
let bob: VideoUser;

beforeAll(async () => {
  world = await startVideoWorld();
  ann = await world.user({ handle: 'ann' });
  bob = await world.user({ handle: 'bob' });
  const profile = { userId: bob.userId, version: 1, handle: 'bob', displayName: 'Bob B.', bio: '' };
  await world.tell(event(profileUpdated, { ...profile, updatedAt: new Date().toISOString() }));
});

afterAll(async () => await world.stop());

describe('a like', () => {
  it('counts once for one person, and is told once', async () => {
    const liked = await recordMessages(world.link, videoLiked);
    const { videoId } = await world.ready(ann);
    const params = { videoId };
    const answers = await Promise.all([1, 2, 3].map(async () => await bob.client.send('likeVideo', { params })));
    expect(answers.map(({ body }) => body)).toEqual(Array(3).fill({ liked: true, likes: 1 }));
    await ann.client.send('likeVideo', { params });
    const told = await liked.first((data) => data.videoId === videoId && data.likes === 2);
    expect(told).toMatchObject({ ownerId: ann.userId, likerHandle: 'ann' });
    expect(liked.heard.filter((data) => data.videoId === videoId)).toHaveLength(2);
    expect(liked.heard[0]).toMatchObject({ likerHandle: 'bob', likerDisplayName: 'Bob B.', likes: 1 });
    expect((await bob.client.send('readVideo', { params })).body).toMatchObject({ likes: 2, likedByMe: true });
    expect((await world.guest.send('readVideo', { params })).body).toMatchObject({ likes: 2, likedByMe: false });
  });

  it('can be taken back, twice if need be, and changes no version', async () => {
    const { videoId, version } = await world.ready(ann);
    const params = { videoId };
    await bob.client.send('likeVideo', { params });
    expect((await bob.client.send('unlikeVideo', { params })).body).toEqual({ liked: false, likes: 0 });
    expect((await bob.client.send('unlikeVideo', { params })).body).toEqual({ liked: false, likes: 0 });
    expect((await bob.client.send('readVideo', { params })).body.version).toBe(version);
  });

  it('is refused for an own draft', async () => {
    const { videoId } = await world.draft(ann);
    const { status, problem } = await ann.client.send('likeVideo', { params: { videoId } });
    expect([status, problem.code]).toEqual([409, 'conflict']);
  });
});

describe('a comment', () => {
  it('is plain text, is told with its beginning, and is made once with one key', async () => {
    const commented = await recordMessages(world.link, videoCommented);
    const { videoId } = await world.ready(ann, { title: 'Harbour' });
    const text = `<b>bold</b> ${'😀'.repeat(200)}`;
    const request = { params: { videoId }, body: { text }, headers: { 'idempotency-key': randomUUID() } };
    const first = await bob.client.send('addComment', request);
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ text, deletable: true, author: { handle: 'bob', displayName: 'Bob B.' } });
    expect((await bob.client.send('addComment', request)).body).toEqual(first.body);
    await world.running.service.db.deleteFrom('idempotency').execute();
    expect((await bob.client.send('addComment', request)).body).toEqual(first.body);
    const told = await commented.first((data) => data.videoId === videoId);
    expect(told).toMatchObject({ title: 'Harbour', ownerId: ann.userId, authorDisplayName: 'Bob B.' });
    expect(told.excerpt.length).toBeLessThanOrEqual(140);
    expect(told.excerpt).toMatch(/^<b>bold<\/b> .*😀…$/u);
    expect(commented.heard.filter((data) => data.videoId === videoId)).toHaveLength(1);
    expect((await ann.client.send('readVideo', { params: { videoId } })).body.comments).toBe(1);
  });

  it('may be deleted by who wrote it and by who owns the video, and by nobody else', async () => {
    const { videoId } = await world.ready(ann);
    const eve = await world.user();
    const write = async (who: VideoUser) =>
      (await who.client.send('addComment', { params: { videoId }, body: { text: 'hm' } })).body.commentId;
    const [byBob, byEve] = [await write(bob), await write(eve)];
    const remove = async (who: VideoUser, commentId: string) =>
      (await who.client.send('deleteComment', { params: { videoId, commentId } })).status;
    expect(await remove(eve, byBob)).toBe(404);
    const seen = await eve.client.send('listComments', { params: { videoId } });
    expect(seen.body.items.map(({ deletable }) => deletable)).toEqual([true, false]);
    expect(await remove(bob, byBob)).toBe(204);
    expect(await remove(ann, byEve)).toBe(204);
    expect(await remove(ann, byEve)).toBe(404);
    expect((await ann.client.send('readVideo', { params: { videoId } })).body.comments).toBe(0);
  });

  it('cannot be deleted through another video', async () => {
    const [one, other] = [await world.ready(ann), await world.ready(bob)];
    const { body } = await ann.client.send('addComment', { params: { videoId: one.videoId }, body: { text: 'x' } });
    const params = { videoId: other.videoId, commentId: body.commentId };
    expect((await bob.client.send('deleteComment', { params })).status).toBe(404);
  });

  it.each([
    ['nothing', { text: '   ' }],
    ['too much', { text: 'x'.repeat(2001) }],
    ['NUL', { text: 'a\0b' }],
  ])('with %s in it is refused by its field', async (_, body) => {
    const { videoId } = await world.ready(ann);
    const { status, problem } = await bob.client.send('addComment', { params: { videoId }, body });
    expect([status, problem.errors?.[0]?.pointer]).toEqual([422, '/text']);
  });

  it('stays where it is while newer ones come: pages neither repeat nor skip', async () => {
    const { videoId } = await world.ready(ann);
    const params = { videoId };
    const say = async (text: string) => await bob.client.send('addComment', { params, body: { text } });
    for (const text of ['1', '2', '3', '4', '5']) await say(text);
    const first = await world.guest.send('listComments', { params, query: { limit: 2 } });
    await say('6');
    const cursor = first.body.nextCursor ?? '';
    const rest = await world.guest.send('listComments', { params, query: { limit: 10, cursor } });
    expect([...first.body.items, ...rest.body.items].map(({ text }) => text)).toEqual(['5', '4', '3', '2', '1']);
    expect(rest.body.nextCursor).toBeNull();
  });
});
