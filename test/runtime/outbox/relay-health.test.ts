import { expect, it } from 'vitest';
import { createHealth } from '#runtime/http/health';
import type { Relay } from '#runtime/outbox/relay';
import { watchRelay } from '#runtime/outbox/relay-health';

/** A relay as `/readyz` sees it. */
function relayThat(is: Pick<Relay, 'lastSuccess' | 'stepMs'>): Relay {
  return { ...is, wake: () => undefined, retry: () => undefined, stop: async () => Promise.resolve() };
}

async function readinessWith(relay: Pick<Relay, 'lastSuccess' | 'stepMs'>) {
  const health = createHealth();
  watchRelay(relayThat(relay), health);
  health.phase = 'ready';
  return { ...(await health.readiness()), alive: health.alive() };
}

it('tells when the outbox was read last', async () => {
  const lastSuccess = new Date();
  expect(await readinessWith({ lastSuccess, stepMs: undefined })).toMatchObject({
    ready: true,
    dependencies: { outbox: { up: true, required: false, lastSuccess: { relay: lastSuccess.toISOString() } } },
  });
});

it('keeps its place in the edge when the outbox, which all replicas share, cannot be read', async () => {
  const lastSuccess = new Date(Date.now() - 60_000);
  expect(await readinessWith({ lastSuccess, stepMs: undefined })).toMatchObject({
    ...{ ready: true, stuck: [], alive: true },
    dependencies: { outbox: { up: false, detail: 'not read for 10 s' } },
  });
});

it('leaves the edge when the relay of this replica hangs or has died, then is started again', async () => {
  const lastSuccess = new Date(Date.now() - 60_000);
  expect(await readinessWith({ lastSuccess, stepMs: 31_000 })).toMatchObject({
    ...{ ready: false, stuck: ['relay'], alive: true },
  });
  expect(await readinessWith({ lastSuccess, stepMs: 91_000 })).toMatchObject({ ready: false, alive: false });
});
