import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accountDeleted,
  followed,
  profileUpdated,
  quotaChanged,
  unfollowed,
  videoDeleted,
  videoPublished,
  viewsRolled,
} from '#contracts';
import { event, send, settled, type PreparedEvent } from '#test-support/event-feed';
import { eventually } from '#test-support/eventually';
import { recordMessages } from '#test-support/message-recorder';
import { seededRandom, shuffled } from '#test-support/shuffle';
import { video } from '#catalog';
import { failed, processed, startVideoWorld, uploaded, type VideoUser, type VideoWorld } from './running-video.ts';

let world: VideoWorld;

beforeAll(async () => {
  world = await startVideoWorld();
});

afterAll(async () => await world.stop());

/** People and videos of one run; every run has its own. */
interface Cast {
  readonly ann: VideoUser;
  /** Leaves at the end. */
  readonly bob: VideoUser;
  readonly good: string;
  readonly bad: string;
  readonly ofBob: string;
}

/** Later than anything that happens by HTTP, so that every run has the same instants. */
const LATER = Date.parse('2030-01-01T00:00:00Z');
const at = (seconds: number): Date => new Date(LATER + seconds * 1000);
const instant = (seconds: number): string => at(seconds).toISOString();

describe('what video hears', () => {
  it.each([1, 2, 3, 4, 5])(
    'leads to the same rows three times and shuffled (seed %i) as once in order',
    async (seed) => {
      const [inOrder, inDisorder] = [await cast(), await cast()];
      await world.tell(...storyOf(inOrder));
      const thrice = storyOf(inDisorder).flatMap((told) => [told, told, told]);
      await send(world.link, ...shuffled(thrice, seededRandom(seed)));
      await settled(world.link, video);
      expect(await rowsOf(inDisorder)).toEqual(await rowsOf(inOrder));
      expect(JSON.stringify(await rowsOf(inOrder))).toContain('"state":"ready"');
    },
  );

  it('is told on once, though it is heard three times', async () => {
    const published = await recordMessages(world.link, videoPublished);
    const { good, ann } = await cast();
    const told = processed({ videoId: good, ownerId: ann.userId });
    await world.tell(told, told, told);
    await published.first(({ videoId }) => videoId === good);
    expect(published.heard.filter(({ videoId }) => videoId === good)).toHaveLength(1);
  });

  it('leaves no inbox without its effect when the effect fails, and has it once the cause is gone', async () => {
    const { good, ann } = await cast();
    const { db } = world.running.service;
    const told = uploaded({ videoId: good, ownerId: ann.userId });
    const sql = (text: string) => world.stores.postgres.sql(text, 'video');
    await sql(`alter table video.video add constraint no_upload check (uploaded_at is null) not valid`);
    await send(world.link, told);
    const stateOf = async () =>
      (await db.selectFrom('video').select('state').where('id', '=', good).executeTakeFirstOrThrow()).state;
    await eventually(async () => {
      const { values } = await world.running.service.metrics.deliveries.get();
      const retried = values.find(
        ({ labels }) => labels.durable === 'video-media-uploaded' && labels.outcome === 'retried',
      );
      expect(retried?.value).toBe(1);
    });
    expect(await stateOf()).toBe('draft');
    await sql('alter table video.video drop constraint no_upload');
    await settled(world.link, video);
    expect(await stateOf()).toBe('processing');
  });
});

describe('an account that is gone', () => {
  it('takes its videos, likes, comments and names along, and tells of each video', async () => {
    const deleted = await recordMessages(world.link, videoDeleted);
    const { ann, bob, good, ofBob } = await cast();
    const params = { videoId: good };
    await world.tell(processed({ videoId: good, ownerId: ann.userId }));
    await bob.client.send('likeVideo', { params });
    await bob.client.send('addComment', { params, body: { text: 'one' } });
    await bob.client.send('addComment', { params, body: { text: 'two' } });
    await ann.client.send('addComment', { params, body: { text: 'three' } });
    await world.tell(departure(bob));
    const told = await deleted.first(({ videoId }) => videoId === ofBob);
    expect(told).toMatchObject({ ownerId: bob.userId, reason: 'account_deleted' });
    const { body } = await ann.client.send('readVideo', { params });
    expect([body.likes, body.comments]).toEqual([0, 1]);
    const { body: comments } = await ann.client.send('listComments', { params });
    expect(comments.items.map(({ text }) => text)).toEqual(['three']);
    expect((await bob.client.send('readVideo', { params: { videoId: ofBob } })).status).toBe(404);
  });

  it('makes nothing more with a session that still holds', async () => {
    const { ann, bob, good } = await cast();
    await world.tell(processed({ videoId: good, ownerId: ann.userId }), departure(bob));
    const answers = await Promise.all([
      bob.client.send('createVideo', { body: { title: 'x', fileName: 'x.mp4', bytes: 1 } }),
      bob.client.send('likeVideo', { params: { videoId: good } }),
      bob.client.send('addComment', { params: { videoId: good }, body: { text: 'x' } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  });
});

/** Two people, each with drafts of the same names in every run. */
async function cast(): Promise<Cast> {
  const [ann, bob] = [await world.user({ handle: 'ann' }), await world.user({ handle: 'bob' })];
  const draft = async (owner: VideoUser, title: string) => (await world.draft(owner, { title })).videoId;
  return { ann, bob, good: await draft(ann, 'good'), bad: await draft(ann, 'bad'), ofBob: await draft(bob, 'bob’s') };
}

/** All that can be heard, in the order in which it would happen. */
function storyOf({ ann, bob, good, bad, ofBob }: Cast): PreparedEvent[] {
  const profile = (version: number, displayName: string) =>
    event(profileUpdated, {
      ...{ userId: ann.userId, version, handle: 'ann', displayName, bio: '' },
      updatedAt: instant(version),
    });
  const quota = (version: number, usedBytes: number) =>
    event(quotaChanged, { userId: ann.userId, version, limitBytes: 9000, usedBytes, changedAt: instant(version) });
  const rolled = (version: number, totalViews: number) =>
    event(viewsRolled, {
      batchId: randomUUID(),
      videos: [{ videoId: good, ownerId: ann.userId, version, views: 1, watchSeconds: 1, totalViews }],
      rolledAt: instant(version),
    });
  const pair = { followerId: ann.userId, followeeId: randomUUID() };
  const follow = (version: number, followeeId: string = pair.followeeId) => {
    const names = { followerHandle: 'ann', followerDisplayName: 'Ann' };
    return event(followed, { ...pair, ...names, followeeId, version, followedAt: instant(version) });
  };
  const [aboutGood, aboutBad] = [good, bad].map((videoId) => ({ videoId, ownerId: ann.userId }));
  const aboutBobs = { videoId: ofBob, ownerId: bob.userId };
  if (aboutGood === undefined || aboutBad === undefined) throw new Error('the cast has two videos of ann');
  return [
    ...[profile(1, 'Ann'), quota(1, 0), follow(1), follow(1, bob.userId)],
    ...[uploaded(aboutGood, at(10)), uploaded(aboutBad, at(11)), uploaded(aboutBobs, at(12))],
    failed(aboutGood, { at: at(20) }),
    processed(aboutGood, { at: at(30), run: 2, revision: 'r2' }),
    processed(aboutGood, { at: at(40), run: 3, revision: 'r3' }),
    ...[failed(aboutBad, { at: at(25) }), failed(aboutBad, { at: at(35), run: 2 })],
    ...[profile(2, 'Ann A.'), quota(2, 1000), quota(3, 5000), rolled(1, 10), rolled(2, 25)],
    event(unfollowed, { ...pair, version: 2, unfollowedAt: instant(2) }),
    follow(3),
    departure(bob),
  ];
}

function departure({ userId }: VideoUser): PreparedEvent {
  return event(accountDeleted, { userId, version: 2, handle: 'bob', deletedAt: instant(100) }, userId);
}

/** All rows about a run, its ids replaced by names, without what HTTP gave them. */
async function rowsOf({ ann, bob, good, bad, ofBob }: Cast): Promise<unknown> {
  const { db } = world.running.service;
  const people = [ann.userId, bob.userId];
  const rows = {
    videos: await db
      .selectFrom('video')
      .selectAll()
      .where('owner_id', 'in', people)
      .orderBy('title')
      .execute()
      .then((found) => found.map(({ created_at: _created, ticket_expires_at: _expiry, ...rest }) => rest)),
    people: await db.selectFrom('person').selectAll().where('user_id', 'in', people).execute(),
    quotas: await db.selectFrom('quota').selectAll().where('user_id', 'in', people).execute(),
    follows: await db
      .selectFrom('follow')
      .select(['follower_id', 'follows', 'version'])
      .where('follower_id', 'in', people)
      .execute(),
    departed: await db.selectFrom('departed').selectAll().where('user_id', 'in', people).execute(),
  };
  const names = { [ann.userId]: 'ann', [bob.userId]: 'bob', [good]: 'good', [bad]: 'bad', [ofBob]: 'ofBob' };
  const text = Object.entries(names).reduce((all, [id, name]) => all.replaceAll(id, name), JSON.stringify(rows));
  return JSON.parse(text);
}
