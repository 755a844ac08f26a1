import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followed, unfollowed, viewsRolled, type Page, type VideoCard } from '#contracts';
import { event } from '#test-support/event-feed';
import { startVideoWorld, type VideoUser, type VideoWorld } from './running-video.ts';

let world: VideoWorld;
let ann: VideoUser;
let bob: VideoUser;

beforeAll(async () => {
  world = await startVideoWorld();
  ann = await world.user({ handle: 'ann' });
  bob = await world.user({ handle: 'bob' });
});

afterAll(async () => await world.stop());

describe('a search', () => {
  it('finds every word, the last one also half typed, and puts titles before descriptions', async () => {
    const inText = await world.ready(ann, { title: 'Evening', description: 'the lighthouse of Zwin' });
    const inTag = await world.ready(ann, { title: 'Noon', tags: ['zwin', 'lighthouse-keeper'] });
    const inTitle = await world.ready(ann, { title: 'Lighthouse of Zwin' });
    expect(await found('LIGHTHOUSE zw')).toEqual([inTitle, inTag, inText].map(({ title }) => title));
    expect(await found('lighthouse nothing')).toEqual([]);
  });

  it.each(["'", '"', '&|!()', ':*', "a' | 'b", '\\', '%', '<->', 'a:*b', '🙂', ' '])(
    'takes %j as words and never as a query',
    async (q) => expect((await world.guest.send('listVideos', { query: { q } })).status).toBe(200),
  );

  it('finds words of every script, whatever their case, and nothing by signs alone', async () => {
    await world.ready(ann, { title: 'Привет, мир' });
    expect(await found('привет')).toEqual(['Привет, мир']);
    expect(await found('---')).toEqual([]);
  });

  it('goes through pages without repeating or skipping, while new ones come, in each order', async () => {
    const word = `w${randomUUID().slice(0, 8)}`;
    const made: string[] = [];
    for (let i = 0; i < 7; i += 1) made.push((await world.ready(ann, { title: `${word} ${i}`, tags: [word] })).videoId);
    for (const sort of ['newest', 'relevance', 'views'] as const) {
      const ids = await walk(
        async (cursor) => (await world.guest.send('listVideos', { query: { q: word, sort, limit: 3, cursor } })).body,
        async () => void (await world.ready(bob, { title: `other ${word} and more words` })),
      );
      const old = ids.filter((id) => made.includes(id));
      expect(new Set(ids).size).toBe(ids.length);
      expect([...old].sort()).toEqual([...made].sort());
      if (sort !== 'views') expect(old).toEqual([...made].reverse());
    }
  });

  it.each([
    ['made up', 'abc'],
    ['of another order', Buffer.from('{"sort":"views","views":1}').toString('base64url')],
    [
      'with no instant',
      Buffer.from(`{"sort":"newest","at":"0000-01-01T00:00:00Z","id":"${randomUUID()}"}`).toString('base64url'),
    ],
    ['with SQL', Buffer.from('{"sort":"newest","at":"\'; drop table video","id":"x"}').toString('base64url')],
  ])('refuses a cursor %s', async (_, cursor) => {
    const { status, problem } = await world.guest.send('listVideos', { query: { cursor } });
    expect([status, problem.errors?.[0]?.pointer]).toEqual([422, '?cursor']);
  });

  it('has at most PAGE_MAX entries a page', async () => {
    expect((await world.guest.send('listVideos', { query: { limit: 101 } })).status).toBe(422);
    expect((await world.guest.send('listVideos', { query: { limit: 2 } })).body.items).toHaveLength(2);
  });
});

describe('the order by views', () => {
  it('follows what stats tells, and an older figure does not undo a newer one', async () => {
    const tag = `v${randomUUID().slice(0, 8)}`;
    const [few, many] = [await world.ready(ann, { tags: [tag] }), await world.ready(ann, { tags: [tag] })];
    await world.tell(rolled(many.videoId, 2, 500), rolled(few.videoId, 1, 3), rolled(many.videoId, 1, 400));
    const { body } = await world.guest.send('listVideos', { query: { tag, sort: 'views' } });
    expect(body.items.map(({ videoId, views }) => [videoId, views])).toEqual([
      [many.videoId, 500],
      [few.videoId, 3],
    ]);
  });
});

describe('the feed', () => {
  it('has the public videos of those who are followed, until they are not', async () => {
    const eve = await world.user({ handle: 'eve' });
    const { videoId } = await world.ready(eve);
    await world.ready(eve, { visibility: 'unlisted' });
    const pair = { followerId: bob.userId, followeeId: eve.userId };
    const at = new Date().toISOString();
    const begin = { ...pair, version: 1, followerHandle: 'bob', followerDisplayName: 'Bob', followedAt: at };
    await world.tell(event(followed, begin));
    const feed = async () => (await bob.client.send('listFeed')).body.items.map((card) => card.videoId);
    expect(await feed()).toEqual([videoId]);
    await world.tell(event(unfollowed, { ...pair, version: 2, unfollowedAt: at }), event(followed, begin));
    expect(await feed()).toEqual([]);
  });
});

describe('other lists', () => {
  it('shows on a channel the public videos of its owner', async () => {
    const { videoId } = await world.ready(await world.user({ handle: 'gus' }));
    const { body } = await world.guest.send('listChannel', { params: { handle: 'gus' } });
    expect(body.items.map((card) => card.videoId)).toEqual([videoId]);
    expect((await world.guest.send('listChannel', { params: { handle: 'nobody_here' } })).body.items).toEqual([]);
  });

  it('shows own videos in every state, by state and by words', async () => {
    const fay = await world.user();
    const draft = await world.draft(fay, { title: 'Rough' });
    const ready = await world.ready(fay, { title: 'Fine', visibility: 'private' });
    const mine = async (query: object) =>
      (await fay.client.send('listMyVideos', { query })).body.items.map(({ videoId }) => videoId);
    expect(await mine({})).toEqual([ready.videoId, draft.videoId]);
    expect(await mine({ state: 'draft' })).toEqual([draft.videoId]);
    expect(await mine({ q: 'fin' })).toEqual([ready.videoId]);
  });

  it('puts beside a video those that share its tags, then those of its owner', async () => {
    const hal = await world.user();
    const tag = `n${randomUUID().slice(0, 8)}`;
    const video = await world.ready(hal, { tags: [tag, 'x'] });
    const sameOwner = await world.ready(hal, { tags: [] });
    const sameTag = await world.ready(ann, { tags: [tag] });
    const { body } = await world.guest.send('listRelated', { params: { videoId: video.videoId } });
    expect(body.items.slice(0, 2).map(({ videoId }) => videoId)).toEqual([sameTag.videoId, sameOwner.videoId]);
    expect(body.items.map(({ videoId }) => videoId)).not.toContain(video.videoId);
  });

  it('counts tags of public videos, the most used first', async () => {
    const tag = `c${randomUUID().slice(0, 8)}`;
    for (let i = 0; i < 9; i += 1) await world.ready(ann, { tags: [tag] });
    await world.ready(ann, { tags: [tag], visibility: 'private' });
    const { body } = await world.guest.send('listTags');
    expect(body.items[0]).toEqual({ tag, videos: 9 });
  });
});

async function found(q: string): Promise<string[]> {
  return (await world.guest.send('listVideos', { query: { q } })).body.items.map(({ title }) => title);
}

/** Ids of all pages; `between` happens after the first one. */
async function walk(
  read: (cursor: string | undefined) => Promise<Page<VideoCard>>,
  between: () => Promise<void>,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    ids.push(...page.items.map(({ videoId }) => videoId));
    if (cursor === undefined) await between();
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

function rolled(videoId: string, version: number, totalViews: number) {
  const videos = [{ videoId, ownerId: ann.userId, version, views: 1, watchSeconds: 1, totalViews }];
  return event(viewsRolled, { batchId: randomUUID(), videos, rolledAt: new Date().toISOString() });
}
