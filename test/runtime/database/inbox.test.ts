/** The inbox beside an earlier version, which knows a message without envelope as `<stream>:<sequence>`. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningPostgres } from '#local';
import { handleOnceIn } from '#runtime/database/inbox';
import { inboxGroups } from '#runtime/database/inbox-groups';
import { OutboxWriter } from '#runtime/outbox/outbox-writer';
import { createLogger, type OpenDatabase } from '#runtime';
import { startRuntimeDatabase, type RuntimeDatabase } from '#test-support/runtime-database';

const log = createLogger({ service: 'test', version: '0', level: 'silent' });
const FORMER = 'WORK_JOBS:7';

let database: RuntimeDatabase;
let server: RunningPostgres;
let pod: OpenDatabase;

beforeAll(async () => {
  database = await startRuntimeDatabase();
  ({ server, pod } = database);
});

afterAll(async () => {
  await database.stop();
});

beforeEach(async () => {
  await server.sql('truncate inbox', 'video');
});

/** Handles the message at the place, stored in that nanosecond; false when it was handled before. */
async function handle(nanoseconds: number, storedAt = new Date()): Promise<boolean> {
  return await pod.db.transaction().execute(
    async (trx) =>
      await handleOnceIn(trx, 'eater', `${FORMER}:${nanoseconds}`, async () => Promise.resolve(), {
        ...{ id: FORMER, storedAt },
      }),
  );
}

/** Enters the message as a pod of the version before does. */
async function handleAsBefore(at = 'now()'): Promise<boolean> {
  const entered = `insert into inbox (consumer, message_id, handled_at) values ('eater', '${FORMER}', ${at})
    on conflict do nothing returning true`;
  return (await server.sql(entered, 'video')) !== '';
}

describe('a message without envelope', () => {
  it('that a pod of the version before has handled is known', async () => {
    expect(await handleAsBefore()).toBe(true);
    expect(await handle(1, new Date(Date.now() - 1000))).toBe(false);
  });

  it('is known to a pod of the version before', async () => {
    expect(await handle(1)).toBe(true);
    expect(await handleAsBefore()).toBe(false);
  });

  it('is another one than that which had its place a moment ago, before the stream was made again', async () => {
    expect([await handle(1), await handle(2), await handle(3)]).toEqual([true, true, true]);
    expect([await handle(1), await handle(2), await handle(3)]).toEqual([false, false, false]);
  });

  it('is another one than that which a pod of the version before handled long before it was stored', async () => {
    await handleAsBefore(`now() - interval '1 minute'`);
    expect([await handle(1), await handle(1)]).toEqual([true, false]);
  });

  it('is handled once also by a consumer that commits in groups', async () => {
    const outbox = new OutboxWriter('eater', () => undefined);
    const groups = inboxGroups(outbox.transactOn(pod.db), log);
    const signal = new AbortController().signal;
    let effects = 0;
    const entry = (nanoseconds: number) => ({
      ...{ durable: 'eater', id: `${FORMER}:${nanoseconds}`, formerId: FORMER, storedAt: new Date() },
      ...{ streamSequence: 7, signal, working: () => undefined },
    });
    const effect = async (): Promise<void> => Promise.resolve(void (effects += 1));
    for (const nanoseconds of [1, 1, 2, 2]) await groups.handle(entry(nanoseconds), effect);
    expect(effects).toBe(2);
  });
});
