import { describe, expect, it } from 'vitest';
import { createHealth } from '../../../src/runtime/http/health.ts';

describe('readiness', () => {
  it('never answers with what it knew before the process was ready', async () => {
    const health = createHealth();
    health.add({ name: 'postgres', required: true, check: () => ({ up: true }) });
    expect(await health.readiness()).toMatchObject({ ready: false, phase: 'starting' });
    const asked = health.readiness();
    health.add({ name: 'consumers', required: true, check: () => ({ up: false, detail: 'not found yet' }) });
    health.phase = 'ready';
    expect(await asked).toMatchObject({ ready: false });
    expect(await health.readiness()).toMatchObject({
      ready: false,
      dependencies: { consumers: { up: false, detail: 'not found yet' } },
    });
  });

  it('asks each dependency once for two looks in a row', async () => {
    let asked = 0;
    const health = createHealth();
    health.add({
      name: 'postgres',
      required: true,
      check: () => {
        asked += 1;
        return { up: true };
      },
    });
    health.phase = 'ready';
    await Promise.all([health.readiness(), health.readiness()]);
    expect(asked).toBe(1);
  });

  it('stays when a store that all replicas share is away, and names it', async () => {
    const health = createHealth();
    health.add({ name: 'postgres', required: false, check: () => ({ up: false, detail: 'takes no writes' }) });
    health.add({ name: 'redis', required: false, check: () => ({ up: true }) });
    health.note({ dependency: 'redis', kind: 'away', reason: 'MISCONF' });
    health.phase = 'ready';
    expect(await health.readiness()).toMatchObject({
      ready: true,
      dependencies: { postgres: { up: false }, redis: { up: false, detail: 'away: MISCONF' } },
    });
  });

  it('goes when a step of this process outlives its bound, then its life does', async () => {
    const health = createHealth();
    let stepMs: number | undefined = 1000;
    health.watch({ name: 'relay', stepMs: () => stepMs });
    health.phase = 'ready';
    expect(await health.readiness()).toMatchObject({ ready: true, stuck: [] });
    stepMs = 31_000;
    expect(await health.readiness()).toMatchObject({ ready: false, stuck: ['relay'] });
    expect(health.alive()).toBe(true);
    stepMs = 91_000;
    expect(health.alive()).toBe(false);
    stepMs = undefined;
    expect([await health.readiness(), health.alive()]).toMatchObject([{ ready: true }, true]);
  });
});
