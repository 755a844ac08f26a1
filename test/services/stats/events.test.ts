import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stats } from '#catalog';
import { send, settled, type PreparedEvent } from '#test-support/event-feed';
import { seededRandom, shuffled } from '#test-support/shuffle';
import {
  beat,
  deletion,
  departure,
  publication,
  retitling,
  sight,
  someVideo,
  startStatsWorld,
  type PublishedVideo,
  type StatsWorld,
} from './running-stats.ts';

let world: StatsWorld;

beforeAll(async () => {
  world = await startStatsWorld();
});

afterAll(async () => await world.stop());

/** Videos of one run; every run has its own. */
interface Cast {
  readonly seen: PublishedVideo;
  readonly hidden: PublishedVideo;
  readonly gone: PublishedVideo;
  /** Its owner leaves. */
  readonly left: PublishedVideo;
}

describe('what stats hears', () => {
  it.each([1, 2, 3, 4, 5])(
    'leads to the same rows three times and shuffled (seed %i) as once in order',
    async (seed) => {
      const [inOrder, inDisorder] = [cast(), cast()];
      await world.tell(...storyOf(inOrder));
      const thrice = storyOf(inDisorder).flatMap((told) => [told, told, told]);
      await send(world.link, ...shuffled(thrice, seededRandom(seed)));
      await settled(world.link, stats);
      expect(await rowsOf(inDisorder)).toEqual(await rowsOf(inOrder));
      expect(await rowsOf(inOrder)).toMatchObject({
        seen: { visibility: 'public', deleted: false, title: 'A long walk' },
        hidden: { visibility: 'private', visibility_version: 6 },
        gone: { deleted: true, title: null },
        left: { deleted: true },
      });
    },
  );
});

describe('an account that is gone', () => {
  it('takes the figures of its videos along', async () => {
    const video = await world.published();
    await world.guest().send('recordBeat', { params: { videoId: video.videoId }, body: beat(0, 10) });
    await world.flush();
    await world.tell(departure(video.ownerId));
    const { db } = world.running.service;
    const figures = await db.selectFrom('figure').selectAll().where('video_id', '=', video.videoId).execute();
    expect(figures).toEqual([]);
    expect((await world.guest().send('readVideoTotals', { params: { videoId: video.videoId } })).status).toBe(404);
  });
});

function cast(): Cast {
  return { seen: someVideo(), hidden: someVideo(), gone: someVideo(), left: { ...someVideo(), ownerId: randomUUID() } };
}

/** All that can be heard, in the order in which it would happen. */
function storyOf({ seen, hidden, gone, left }: Cast): PreparedEvent[] {
  return [
    ...[publication(seen), publication(hidden), publication(gone), publication(left)],
    ...[sight(seen, 'private', 4), sight(seen, 'unlisted', 5), sight(seen, 'public', 6)],
    ...[retitling(seen, 'A wa', 2), retitling(seen, 'A long walk', 7), retitling(gone, 'Gone', 5)],
    ...[sight(hidden, 'unlisted', 5), sight(hidden, 'private', 6)],
    ...[sight(gone, 'unlisted', 4), deletion(gone)],
    ...[departure(left.ownerId), deletion(left)],
  ];
}

/** The rows of a run by name, without their ids. */
async function rowsOf(videos: Cast): Promise<Record<string, unknown>> {
  const { db } = world.running.service;
  const rows: Record<string, unknown> = {};
  for (const [name, { videoId }] of Object.entries(videos) as [string, PublishedVideo][]) {
    const found = await db.selectFrom('video').selectAll().where('video_id', '=', videoId).executeTakeFirstOrThrow();
    const { video_id: _video, owner_id: _owner, ...rest } = found;
    rows[name] = rest;
  }
  return rows;
}
