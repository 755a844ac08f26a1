/**
 * The outbox: how fast a relay publishes a backlog, by the number of aggregates that share it; how long a new message waits
 * meanwhile; and what `enqueue` costs a transaction beside one insert a message, as the version before did it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { MESSAGES, startOutboxRig, upTo, type OutboxRig } from '../../test/support/outbox-rig.ts';
import type { AreaResult, BenchArea, BenchOptions, SeriesName } from '../frame/result.ts';
import { interleavedRounds, type Figures } from '../frame/rounds.ts';

const ROUNDS = 3;
const BACKLOG = 'a backlog';
const SHAPES = [
  { name: '200,000 rows, 200,000 aggregates', rows: 200_000, aggregates: 200_000 },
  { name: '200,000 rows, 1,000 aggregates', rows: 200_000, aggregates: 1000 },
  { name: '200,000 rows, 10 aggregates', rows: 200_000, aggregates: 10 },
  { name: '20,000 rows, 1 aggregate', rows: 20_000, aggregates: 1 },
] as const;
/** New messages are written so far apart while the backlog goes. */
const FRESH_EVERY_MS = 20;
const SAMPLE_MS = 100;
const TRANSACTIONS = 500;
const WRITERS = ['enqueue', 'one insert a message'] as const;

async function run(options: BenchOptions): Promise<AreaResult> {
  const rounds = options.rounds ?? ROUNDS;
  const rig = await startOutboxRig();
  try {
    const series = [
      ...(await interleavedRounds(BACKLOG, SHAPES, rounds, options, async (shape) => await drained(rig, shape))),
    ];
    for (const messages of [1, 5, 20]) {
      const contenders = WRITERS.map((name) => ({ name }));
      const title = transactionOf(messages);
      series.push(
        ...(await interleavedRounds(title, contenders, rounds, options, async ({ name }) => ({
          'a transaction': { figure: await transactionMicros(rig, name, messages), unit: 'µs' },
        }))),
      );
    }
    return { area: 'outbox', series, claims: claims(), versions: {}, notes: NOTES };
  } finally {
    await rig.stop();
  }
}

/** `npm run bench -- outbox` */
export const outboxArea: BenchArea = { run };

const NOTES = [
  'rows of about 300 bytes; PostgreSQL with fsync, a file stream, relay and bench in one process on the same cores',
  'one aggregate goes one message at a time, so its rate is that of the stream’s acknowledgements',
  `meanwhile a message of another aggregate is committed every ${FRESH_EVERY_MS} ms: wait is from its commit to its arrival at a subscriber`,
  'heap is that of the process, the bench included; table is outbox with its indexes after the last row was deleted, before any vacuum of its own',
  'one insert a message is what the version before did, without the lock that keeps the order of commits',
];

function claims(): AreaResult['claims'] {
  const rate = (index: 0 | 1 | 2): SeriesName => ({ case: BACKLOG, contender: SHAPES[index].name, metric: 'rate' });
  return [
    { subject: rate(1), against: rate(0), bound: { atLeast: 0.5 } },
    { subject: rate(2), against: rate(0), bound: { atLeast: 0.5 } },
    ...[1, 5, 20].map((messages) => ({
      subject: { case: transactionOf(messages), contender: WRITERS[0], metric: 'a transaction' },
      against: { case: transactionOf(messages), contender: WRITERS[1], metric: 'a transaction' },
      bound: { atMost: messages === 1 ? 1.25 : 1 },
    })),
  ];
}

function transactionOf(messages: number): string {
  return `a transaction with ${messages} ${messages === 1 ? 'message' : 'messages'}`;
}

/** Fills the outbox, starts a relay, and waits until it is empty. */
async function drained(rig: OutboxRig, shape: (typeof SHAPES)[number]): Promise<Figures> {
  await rig.reset();
  await fill(rig, shape.rows, shape.aggregates);
  const waits = await freshWaits(rig);
  const heap = heapPeak();
  const begun = performance.now();
  await rig.startRelay();
  const rest = async () => (await sql`select 1 from outbox where aggregate like 'a%' limit 1`.execute(rig.db)).rows;
  while ((await rest()).length > 0) await pause(SAMPLE_MS / 5);
  const seconds = (performance.now() - begun) / 1000;
  const waited = (await waits.stop()).sort((a, b) => a - b);
  const { rows } = await sql<{ readonly bytes: number }>`select pg_total_relation_size('outbox') as bytes`.execute(
    rig.db,
  );
  const at = (part: number): number => waited[Math.floor(waited.length * part)] ?? Number.NaN;
  return {
    rate: { figure: shape.rows / seconds, unit: 'rows/s' },
    'wait p50': { figure: at(0.5), unit: 'ms' },
    'wait p99': { figure: at(0.99), unit: 'ms' },
    heap: { figure: heap.stop() / 2 ** 20, unit: 'MiB' },
    table: { figure: (rows[0]?.bytes ?? Number.NaN) / 2 ** 20, unit: 'MiB' },
  };
}

async function fill(rig: OutboxRig, rows: number, aggregates: number): Promise<void> {
  await sql`insert into outbox (message_id, subject, aggregate, envelope)
    select 'm' || n, 'good.a' || n % ${aggregates}::int, 'a' || n % ${aggregates}::int,
      jsonb_build_object('id', 'm' || n, 'subject', 'a' || n % ${aggregates}::int, 'data',
        jsonb_build_object('n', n, 'filling', repeat('x', 200)))
    from generate_series(1, ${rows}::int) n`.execute(rig.db);
  await sql`analyze outbox`.execute(rig.db);
}

/** Commits a message again and again, and measures how long each takes to a subscriber. */
async function freshWaits(rig: OutboxRig) {
  const committed = new Map<number, number>();
  const waits: number[] = [];
  const subscription = rig.admin.connection.subscribe('also.changed', {
    callback: (_error, message) => {
      const { n } = message.json<{ readonly data: { readonly n: number } }>().data;
      waits.push(performance.now() - (committed.get(n) ?? Number.NaN));
    },
  });
  let writing = true as boolean;
  const writer = (async () => {
    for (let n = 1; writing; n += 1) {
      await rig.transact(async (trx) => {
        await rig.writer.enqueue(trx, MESSAGES.also, { aggregate: `fresh${n}`, data: { n } });
      });
      committed.set(n, performance.now());
      await pause(FRESH_EVERY_MS);
    }
  })();
  await rig.admin.connection.flush();
  return {
    stop: async () => {
      writing = false;
      await writer;
      subscription.unsubscribe();
      return waits.filter((wait) => !Number.isNaN(wait));
    },
  };
}

function heapPeak() {
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().heapUsed)), SAMPLE_MS);
  return {
    stop: (): number => {
      clearInterval(timer);
      return peak;
    },
  };
}

/** Microseconds of a transaction, one after another. */
async function transactionMicros(rig: OutboxRig, writer: (typeof WRITERS)[number], messages: number): Promise<number> {
  await rig.reset();
  const begun = performance.now();
  for (const turn of upTo(TRANSACTIONS)) {
    if (writer === 'enqueue') await enqueued(rig, turn, messages);
    else await inserted(rig, turn, messages);
  }
  return ((performance.now() - begun) * 1000) / TRANSACTIONS;
}

async function enqueued(rig: OutboxRig, turn: number, messages: number): Promise<void> {
  await rig.transact(async (trx) => {
    await sql`select 1`.execute(trx);
    for (const n of upTo(messages)) {
      await rig.writer.enqueue(trx, MESSAGES.also, { aggregate: `a${n}`, data: { n }, id: `${turn}-${n}` });
    }
  });
}

async function inserted(rig: OutboxRig, turn: number, messages: number): Promise<void> {
  await rig.transact(async (trx) => {
    await sql`select 1`.execute(trx);
    for (const n of upTo(messages)) {
      const envelope = JSON.stringify({ id: `${turn}-${n}`, subject: `a${n}`, data: { n } });
      await sql`insert into outbox (message_id, subject, aggregate, envelope)
        values (${`${turn}-${n}`}, 'also.changed', ${`a${n}`}, ${envelope}::jsonb) on conflict (message_id) do nothing`.execute(
        trx,
      );
    }
  });
}
