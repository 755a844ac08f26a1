import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '#test-support/eventually';
import { numbersByAggregate, startOutboxRig, upTo, type Kind, type OutboxRig } from '#test-support/outbox-rig';

let rig: OutboxRig;

beforeAll(async () => {
  rig = await startOutboxRig();
});

beforeEach(async () => {
  await rig.reset();
});

afterAll(async () => {
  await rig.stop();
});

/** Waits until so many of the good ones are stored. */
async function untilGood(count: number): Promise<void> {
  await eventually(async () => {
    const { state } = await rig.manager.streams.info('GOOD');
    expect(state.messages).toBe(count);
  }, 20_000);
}

/** Answers nothing on what is published there: a stream whose leader is away. */
function keepSilent(): void {
  rig.admin.connection.subscribe('silent.>', { callback: () => undefined });
}

describe('messages that cannot go for now', () => {
  it.each<Kind>(['full', 'missing', 'silent'])(
    '(%s) do not hold others up, and those behind them wait',
    async (kind) => {
      if (kind === 'silent') keepSilent();
      await rig.writeMany(kind, 1500, 1);
      await rig.writeMany('good', 300, 2);
      // of the same aggregates as some that are refused
      for (const n of upTo(5)) await rig.write('also', `${kind}${n * 100}`, n);
      await rig.startRelay();
      await untilGood(600);
      await eventually(async () => expect(await rig.count('outbox_put_off')).toBeGreaterThan(0), 15_000);
      await eventually(async () => expect(await rig.count('outbox')).toBe(1505));
      expect(await rig.count('outbox_put_off')).toBeLessThan(80);
      expect(await rig.count('outbox_parked')).toBe(0);
      await rig.write('good', 'new', 1);
      await untilGood(601);
    },
  );

  it('go in their order once their stream is there, and those behind them too', async () => {
    await rig.startRelay();
    for (const n of upTo(30)) await rig.write(n % 3 === 0 ? 'also' : 'missing', `a${n % 4}`, n);
    await eventually(async () => expect(await rig.count('outbox_put_off')).toBeGreaterThan(0));
    await rig.manager.streams.update('GOOD', { subjects: ['good.>', 'also.>', 'missing.>'] });
    await eventually(async () => expect(await rig.count('outbox')).toBe(0), 20_000);
    const numbers = numbersByAggregate(await rig.stored());
    for (const a of [0, 1, 2, 3]) expect(numbers[`a${a}`]).toEqual(upTo(30).filter((n) => n % 4 === a));
    await eventually(async () => expect(await rig.count('outbox_put_off')).toBe(0));
  });

  it('keep their attempts over a change of the relay', async () => {
    const first = await rig.startRelay();
    await rig.write('missing', 'a', 1);
    const attempts = async (): Promise<number> => {
      const row = await rig.db.selectFrom('outbox_put_off').select('attempts').executeTakeFirst();
      return row?.attempts ?? 0;
    };
    await eventually(async () => expect(await attempts()).toBe(2));
    await first.stop();
    await rig.startRelay();
    await eventually(async () => expect(await attempts()).toBe(3), 15_000);
  });
});

describe('messages that can never go', () => {
  it('(denied) are parked, let those behind them pass, and end nothing', async () => {
    await rig.writeMany('denied', 300, 1);
    for (const n of upTo(3)) await rig.write('also', `denied${n}`, n);
    await rig.startRelay();
    await untilGood(3);
    await eventually(async () => expect(await rig.count('outbox_parked')).toBe(300), 20_000);
    await eventually(async () => expect(await rig.count('outbox')).toBe(0));
    await rig.write('good', 'after', 1);
    await untilGood(4);
    const [row] = await rig.db.selectFrom('outbox_parked').select('reason').limit(1).execute();
    expect(row?.reason).toMatch(/nats denied the subject/);
  });

  it('(too large for the stream, larger than max_payload, with an impossible subject) are parked', async () => {
    await rig.write('small', 'a', 1, { filling: 'x'.repeat(2000) });
    await rig.write('small', 'a', 2);
    const envelope = JSON.stringify({ filling: 'x'.repeat(1_100_000) });
    const rows = [
      { message_id: 'large', subject: 'also.changed', aggregate: 'b', envelope },
      { message_id: 'spaced', subject: 'also. changed', aggregate: 'b', envelope: '{}' },
      { message_id: 'empty', subject: '', aggregate: 'b', envelope: '{}' },
      { message_id: 'two\nlines', subject: 'also.changed', aggregate: 'b', envelope: '{}' },
    ];
    await rig.db.insertInto('outbox').values(rows).execute();
    await rig.write('also', 'b', 3);
    await rig.startRelay();
    await eventually(async () => expect(await rig.count('outbox')).toBe(0));
    const parked = await rig.db.selectFrom('outbox_parked').select('message_id').orderBy('position').execute();
    const ids = parked.map(({ message_id }) => message_id);
    expect(ids).toEqual(['thing:small-a-1', 'large', 'spaced', 'empty', 'two\nlines']);
    expect(numbersByAggregate([...(await rig.stored()), ...(await rig.stored('SMALL'))])).toEqual({ a: [2], b: [3] });
  });
});
