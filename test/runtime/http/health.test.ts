import { describe, expect, it } from 'vitest';
import { createHealth } from '../../../src/runtime/http/health.ts';

describe('readiness', () => {
  it('never answers with what it knew before the process was ready', async () => {
    const health = createHealth();
    health.add({ name: 'postgres', required: true, check: () => ({ up: true }) });
    expect(await health.readiness()).toMatchObject({ ready: false, phase: 'starting' });
    health.add({ name: 'consumers', required: true, check: () => ({ up: false, detail: 'not found yet' }) });
    health.phase = 'ready';
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
});
