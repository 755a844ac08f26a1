import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '#test-support/eventually';
import { PublishFailure } from '#runtime/outbox/publish-failure';
import { MESSAGES, numbersByAggregate, startOutboxRig, upTo, type OutboxRig } from '#test-support/outbox-rig';

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

async function untilEmpty(withinMs = 30_000): Promise<void> {
  await eventually(async () => expect(await rig.count('outbox')).toBe(0), withinMs);
}

describe('a relay', () => {
  it('publishes every message once and those of an aggregate in their order, with few and with many of an aggregate', async () => {
    await rig.writeMany('good', 3, 700);
    await rig.startRelay();
    await untilEmpty();
    const numbers = numbersByAggregate(await rig.stored());
    expect(numbers).toEqual({ good0: upTo(700), good1: upTo(700), good2: upTo(700) });
    await rig.writeMany('also', 1500, 1);
    await untilEmpty();
    expect(await rig.stored()).toHaveLength(3600);
  });

  it('keeps the order of commits while others write, also where the first commits last', async () => {
    await rig.startRelay();
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    // its position is drawn before the others', and it commits after them
    const late = rig.db.transaction().execute(async (trx) => {
      await rig.writer.enqueue(trx, MESSAGES.also, { aggregate: 'late', data: { n: 1 } });
      await held;
    });
    for (const n of upTo(50)) await rig.write('good', `a${n % 5}`, n);
    await eventually(async () => expect(await rig.count('outbox')).toBe(0));
    commit();
    await late;
    await eventually(async () => expect((await rig.stored()).at(-1)?.aggregate).toBe('late'));
    const numbers = numbersByAggregate(await rig.stored());
    expect(numbers.a0).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
  });

  it('publishes what commits late beside a backlog that is larger than a page', async () => {
    let commit = (): void => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    let inserted = (): void => undefined;
    const drawn = new Promise<void>((resolve) => (inserted = resolve));
    // as pods of the version before write: without a lock
    const late = rig.db.transaction().execute(async (trx) => {
      const envelope = JSON.stringify({ subject: 'late', id: 'late', data: { n: 1 } });
      const row = { message_id: 'late', subject: 'also.changed', aggregate: 'late', envelope };
      await trx.insertInto('outbox').values(row).execute();
      inserted();
      await held;
    });
    await drawn;
    await rig.writeMany('good', 2000, 1);
    await rig.startRelay();
    await eventually(async () => expect(await rig.count('outbox')).toBe(0), 30_000);
    commit();
    await late;
    await eventually(async () => expect((await rig.stored()).at(-1)?.aggregate).toBe('late'));
    expect(await rig.stored()).toHaveLength(2001);
  });

  it('publishes what was written while the stream was silent beside the backlog, not behind it', async () => {
    const backlog = 60_000;
    await sql`insert into outbox (message_id, subject, aggregate, envelope)
      select 'm' || n, 'good.a', 'a' || n % 10, jsonb_build_object('id', 'm' || n, 'subject', 'a', 'data', '{}'::jsonb)
      from generate_series(1, ${backlog}::int) n`.execute(rig.db);
    const fresh = upTo(30);
    const arrived = new Set<string>();
    const subscription = rig.admin.connection.subscribe('also.changed', {
      callback: (_error, message) => arrived.add(message.json<{ readonly id: string }>().id),
    });
    await rig.admin.connection.flush();
    let silence = Promise.resolve();
    await rig.startRelay({
      through: (publisher) => ({
        get connected() {
          return publisher.connected;
        },
        publish: async (message) => {
          await silence;
          await publisher.publish(message);
        },
      }),
    });
    await eventually(async () => expect(await rig.count('outbox')).toBeLessThan(backlog));
    // beside a backlog that moves, then in the silence
    for (const n of fresh.slice(0, 10)) await rig.write('also', `before${n}`, n);
    let speak = (): void => undefined;
    silence = new Promise((resolve) => (speak = resolve));
    for (const n of fresh.slice(10)) {
      await rig.write('also', `within${n}`, n);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    speak();
    await eventually(() => expect(arrived.size).toBe(fresh.length), 30_000);
    subscription.unsubscribe();
    expect(await rig.count('outbox')).toBeGreaterThan(backlog / 4);
  });

  it.each([
    ['with nothing put off', 0],
    ['with a message put off before', 1],
  ])(
    'goes on after a connection that was silent and is lost before any publish has timed out, %s',
    async (_, fails) => {
      let failing = fails;
      let lose = (): void => undefined;
      let connection = new Promise<void>((_resolve, reject) => {
        lose = () => reject(new PublishFailure('away', 'DISCONNECT'));
      });
      connection.catch(() => undefined);
      const waiting = new Set<string>();
      await rig.startRelay({
        through: (publisher) => ({
          get connected() {
            return publisher.connected;
          },
          publish: async (message) => {
            if (failing > 0) {
              failing -= 1;
              throw new PublishFailure('transient', 'TIMEOUT');
            }
            waiting.add(message.messageId);
            await connection;
            await publisher.publish(message);
          },
        }),
      });
      if (fails > 0) {
        await rig.write('good', 'put-off', 1);
        await eventually(async () => expect(await rig.count('outbox_put_off')).toBe(fails));
      }
      for (const n of upTo(3)) await rig.write('good', `a${n}`, n);
      await eventually(() => expect(waiting.size).toBeGreaterThanOrEqual(3));
      // it has fallen silent when what is written then is not sent
      let probes = 0;
      await eventually(async () => {
        probes += 1;
        await rig.write('good', `probe${probes}`, 1);
        await new Promise((resolve) => setTimeout(resolve, 100));
        expect(waiting.size).toBeLessThan(3 + probes);
      });
      lose();
      connection = Promise.resolve();
      await untilEmpty();
    },
  );

  it('is woken by a commit long before it would look by itself', async () => {
    await rig.startRelay({ pollMs: 60_000 });
    await rig.write('good', 'a', 1);
    await untilEmpty(5000);
    await rig.write('good', 'a', 2);
    await untilEmpty(5000);
    expect(numbersByAggregate(await rig.stored())).toEqual({ a: [1, 2] });
  });

  it('publishes a delayed message when its time has come', async () => {
    await rig.startRelay();
    const notBefore = new Date(Date.now() + 1500);
    await rig.write('good', 'a', 1, { notBefore });
    await rig.write('good', 'a', 2);
    await untilEmpty();
    expect(numbersByAggregate(await rig.stored())).toEqual({ a: [2] });
    await eventually(async () => expect(numbersByAggregate(await rig.stored())).toEqual({ a: [2, 1] }));
    expect(Date.now()).toBeGreaterThanOrEqual(notBefore.getTime());
    expect(await rig.count('outbox_later')).toBe(0);
  });

  it('goes on with another connection when PostgreSQL ends its own', async () => {
    const relay = await rig.startRelay();
    await rig.write('good', 'a', 1);
    await untilEmpty();
    await rig.postgres.sql(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'thing'
      and query like '%outbox%'`);
    await eventually(async () => await rig.write('good', 'a', 2));
    const before = new Date();
    await untilEmpty();
    await eventually(() => expect(relay.lastSuccess?.getTime()).toBeGreaterThan(before.getTime()));
    expect(numbersByAggregate(await rig.stored())).toEqual({ a: [1, 2] });
  });
});

describe('two relays', () => {
  it('publish each message once; one takes over when the other ends', async () => {
    const first = await rig.startRelay();
    await eventually(async () => expect(await rig.count('outbox_lease')).toBe(1));
    await rig.startRelay();
    await rig.writeMany('good', 20, 20);
    await untilEmpty();
    await first.stop();
    await rig.writeMany('also', 20, 20);
    await untilEmpty();
    const stored = await rig.stored();
    expect(stored).toHaveLength(800);
    for (const numbers of Object.values(numbersByAggregate(stored))) expect(numbers).toEqual(upTo(20));
  });

  it('of which one loses its lease in the middle keep the order and lose nothing', async () => {
    await rig.startRelay({ leaseMs: 300 });
    await rig.startRelay({ leaseMs: 300 });
    let writing = true as boolean;
    const thief = (async () => {
      while (writing)
        await sql`update outbox_lease set owner = 'nobody', until = now() + interval '50 ms'`.execute(rig.db);
    })();
    for (const n of upTo(60)) await rig.write('good', `a${n % 3}`, n);
    writing = false;
    await thief;
    await untilEmpty();
    for (const numbers of Object.values(numbersByAggregate(await rig.stored()))) {
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(numbers).toHaveLength(20);
    }
  });
});

describe('while NATS is away', () => {
  it('messages wait without an attempt, and go in their order when it is back', async () => {
    await rig.startRelay();
    await rig.write('good', 'a', 1);
    await untilEmpty();
    await rig.nats.halt('SIGKILL');
    for (const n of [2, 3, 4]) await rig.write('good', 'a', n);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([await rig.count('outbox'), await rig.count('outbox_put_off')]).toEqual([3, 0]);
    await rig.nats.start();
    await untilEmpty();
    await eventually(async () => expect(numbersByAggregate(await rig.stored())).toEqual({ a: [1, 2, 3, 4] }));
  });
});
