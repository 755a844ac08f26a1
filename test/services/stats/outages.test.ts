import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stats } from '#catalog';
import { eventually } from '#test-support/eventually';
import { beat, startStatsWorld, type StatsWorld } from './running-stats.ts';

let world: StatsWorld;

beforeAll(async () => {
  world = await startStatsWorld();
});

afterAll(async () => await world.stop());

const dropped = async (): Promise<number> => {
  const text = await world.running.service.metrics.registry.getSingleMetricAsString('stats_beats_dropped_total');
  return Number(/^stats_beats_dropped_total\{[^}]*\} (\d+)$/m.exec(text)?.[1]);
};

const viewsOf = async (videoId: string): Promise<number> =>
  (await world.guest().send('readVideoTotals', { params: { videoId } })).body.views;

describe('without Redis', () => {
  it('beats are dropped and counted as dropped, figures are read on, and it counts again when Redis is back', async () => {
    const { videoId } = await world.published();
    const [guest, user] = [world.guest(), await world.user()];
    const request = { params: { videoId }, body: beat(0, 10) };
    await world.stores.redis.halt();
    expect((await guest.send('recordBeat', request)).status).toBe(202);
    expect(await dropped()).toBe(1);
    const withSession = await user.client.send('recordBeat', request);
    expect([withSession.status, withSession.problem.dependency]).toEqual([503, 'redis']);
    await eventually(async () => expect(await dropped()).toBe(2));
    expect(await viewsOf(videoId)).toBe(0);
    expect((await fetch(`${world.running.url}/readyz`)).status).toBe(200);
    await world.stores.redis.start();
    await eventually(async () => {
      await guest.send('recordBeat', { ...request, body: beat(0, 10) });
      await world.flush();
      expect(await viewsOf(videoId)).toBe(1);
    });
  });
});

describe('a flush that is killed', () => {
  it('with SIGKILL in mid-transaction leaves its batch to the next, which applies it once', async () => {
    const { videoId } = await world.published();
    await world.guest().send('recordBeat', { params: { videoId }, body: beat(0, 10) });
    const holding = await world.running.service.db.startTransaction().execute();
    // a process takes its time to start on a busy machine, longer than a transaction may be idle
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(holding);
    await holding.selectFrom('video').select('video_id').where('video_id', '=', videoId).forUpdate().execute();
    const env = { ...world.stores.env(stats, { FLUSH_S: '0.05' }), PORT: '0', PATH: process.env.PATH };
    const child = spawn(process.execPath, ['--import', 'tsx', 'services/stats/main.ts'], { env, stdio: 'ignore' });
    const ended = once(child, 'exit');
    try {
      await eventually(async () => expect(await waitingForALock()).toBe(1), 60_000);
    } finally {
      child.kill('SIGKILL');
      await ended;
      await holding.commit().execute();
    }
    expect(await viewsOf(videoId)).toBe(0);
    expect(await world.flush()).toBe(1);
    expect(await world.flush()).toBe(0);
    expect(await viewsOf(videoId)).toBe(1);
  });
});

describe('without PostgreSQL', () => {
  it('every route says so, and what is in the buffer is applied when it is back', async () => {
    const { videoId } = await world.published();
    await world.guest().send('recordBeat', { params: { videoId }, body: beat(0, 10) });
    await world.stores.postgres.halt();
    const { status, problem } = await world.guest().send('readVideoTotals', { params: { videoId } });
    expect([status, problem.dependency]).toEqual([503, 'postgres']);
    await expect(world.flush()).rejects.toThrow();
    await world.stores.postgres.start();
    await eventually(async () => {
      await world.flush();
      expect(await viewsOf(videoId)).toBe(1);
    }, 20_000);
  });
});

/** Transactions of stats that wait for a row. */
async function waitingForALock(): Promise<number> {
  const query = "select count(*) from pg_stat_activity where usename = 'stats' and wait_event_type = 'Lock'";
  return Number(/\d+/.exec(await world.stores.postgres.sql(query, 'video'))?.[0]);
}
