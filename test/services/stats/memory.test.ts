/** What beats take of Redis is bounded, no matter who sends them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { beatBuffer, type BeatBuffer } from '#services/stats/beats/beat-buffer';
import { sourceHash } from '#services/stats/beats/viewer';
import { startStatsWorld, type StatsWorld } from './running-stats.ts';

let world: StatsWorld;
let buffer: BeatBuffer;
const videoId = randomUUID();

beforeAll(async () => {
  world = await startStatsWorld();
});
afterAll(async () => await world.stop());
beforeEach(async () => {
  await world.stores.adminRedis.flushdb();
  const most = { ofSource: 3, ofAll: 5 };
  buffer = beatBuffer(world.running.service.redis, { prefix: 'stats:', viewWindowSeconds: 3600, most });
});

it('a network that begins ever new playbacks, as ever new browsers, is refused and takes no memory', async () => {
  const outcomes: string[] = [];
  for (let n = 0; n < 20; n++) outcomes.push(await beat('one', randomUUID(), randomUUID()));
  expect(outcomes).toEqual(['viewed', 'viewed', 'viewed', ...Array<string>(17).fill('refused')]);
  // play, viewed and watch of each of the three, then viewers, buffer and the two counts
  expect(await world.stores.adminRedis.dbsize()).toBe(3 * 3 + 4);
});

it('a playback that has begun goes on when its source may begin no other', async () => {
  const [viewer, playbackId] = [randomUUID(), randomUUID()];
  await beat('one', viewer, playbackId);
  for (let n = 0; n < 5; n++) await beat('one', randomUUID(), randomUUID());
  expect(await beat('one', viewer, playbackId, 1)).toBe('watched');
});

it('all sources together have a bound too', async () => {
  const outcomes: string[] = [];
  for (let n = 0; n < 8; n++) outcomes.push(await beat(`source-${n}`, randomUUID(), randomUUID()));
  expect(outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(3);
});

it('addresses of one IPv6 network are one source, and a session is one wherever it comes from', () => {
  const source = (address: string) => sourceHash('salt', { session: undefined, address });
  expect(source('2001:db8::1')).toBe(source('2001:db8::ffff'));
  expect(source('192.0.2.1')).not.toBe(source('192.0.2.2'));
});

async function beat(source: string, viewer: string, playbackId: string, sequence = 0): Promise<string> {
  const told = { videoId, viewer, source, playbackId, sequence, watchedSeconds: 10, viewAfterSeconds: 10 };
  return await buffer.add({ ...told, positionSeconds: 10, at: new Date() });
}
