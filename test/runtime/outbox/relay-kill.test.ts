import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ManagedProcess } from '#local';
import { eventually } from '#test-support/eventually';
import { numbersByAggregate, startOutboxRig, upTo, type OutboxRig } from '#test-support/outbox-rig';

const KILLS = Number(process.env.OUTBOX_KILLS ?? 4);
const MAIN = join(import.meta.dirname, 'relay-process.ts');

let rig: OutboxRig;
const started: ManagedProcess[] = [];

beforeAll(async () => {
  rig = await startOutboxRig();
  await rig.reset();
});

afterAll(async () => {
  for (const process_ of started) process_.kill('SIGKILL');
  await rig.stop();
});

function startProcess(): ManagedProcess {
  const process_ = new ManagedProcess({
    name: 'relay',
    command: [process.execPath, '--import', 'tsx', MAIN],
    env: {
      ...{ PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' },
      ...{ DATABASE_URL: rig.url, NATS_URL: rig.nats.url },
    },
  });
  started.push(process_);
  return process_;
}

it('killed again and again while others write, a relay loses nothing, repeats nothing and keeps the order', async () => {
  const last = new Map<string, number>();
  let writing = true as boolean;
  const writers = upTo(4).map(async (w) => {
    for (let n = 1; writing; n += 1) {
      const aggregate = `w${w}-${n % 5}`;
      const next = (last.get(aggregate) ?? 0) + 1;
      await rig.write('good', aggregate, next);
      last.set(aggregate, next);
    }
  });
  let stored = 0;
  for (const kill of upTo(KILLS)) {
    const relay = startProcess();
    // it is killed in the middle of publishing
    await eventually(async () => {
      const { state } = await rig.manager.streams.info('GOOD');
      expect(state.messages).toBeGreaterThan(stored);
    }, 30_000);
    await pause((kill * 37) % 200);
    relay.kill('SIGKILL');
    await relay.ended;
    stored = (await rig.manager.streams.info('GOOD')).state.messages;
  }
  writing = false;
  await Promise.all(writers);
  startProcess();
  await eventually(async () => expect(await rig.count('outbox')).toBe(0), 60_000);
  const numbers = numbersByAggregate(await rig.stored());
  expect(numbers).toEqual(Object.fromEntries([...last].map(([aggregate, count]) => [aggregate, upTo(count)])));
});
