import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  consume,
  declareService,
  defineMessage,
  defineRequest,
  defineStream,
  defineTopology,
  type PayloadSchema,
} from '#declare';
import { asyncApiOf } from '#asyncapi';
import { runDiff } from '../../../src/cli/diff/command.ts';
import { messageChanges, type AsyncApi } from '../../../src/cli/diff/message-changes.ts';
import { capturedTerminal } from '../captured-terminal.ts';

/** Orders publishes, mail consumes. */
function shop(
  payload: PayloadSchema,
  { version = 1, topic = 'placed', stream = 'ORDERS', sends = true } = {},
): AsyncApi {
  const placed = defineMessage({ subject: 'orders.placed', payload, version });
  const topology = defineTopology({
    streams: [defineStream({ name: stream, subjects: ['orders.>'], maxAgeSeconds: 60 })],
    services: [
      declareService({ name: 'orders', env: [], publishes: sends ? [placed] : [] }),
      declareService({ name: 'mail', env: [], consumes: [consume(placed, { topic })] }),
    ],
  });
  return asyncApiOf(topology, { title: 'shop', version: '1' }) as unknown as AsyncApi;
}

const READERS_FIRST = 'deploy mail before its publishers';
const SENDER_FIRST = 'deploy its publishers first, and mail once no older message is stored';
const NEITHER = 'no deploy order is safe for mail: publish under a new subject and migrate the consumers';

interface Pair {
  readonly before: z.ZodType;
  readonly after: z.ZodType;
  /** A value that only the version of before writes, and one of after. */
  readonly values: readonly [before: unknown, after: unknown];
  readonly changes: readonly string[];
  readonly advice?: string;
}

const id = z.string();
const PAIRS: Readonly<Record<string, Pair>> = {
  'a property that may be left out is new': {
    ...{ before: z.object({ id }), after: z.object({ id, note: id.optional() }) },
    ...{ values: [{ id: 'a' }, { id: 'a', note: 'b' }], changes: ['data.note is new'] },
  },
  'a required property is new': {
    ...{ before: z.object({ id }), after: z.object({ id, cents: z.int() }) },
    ...{
      values: [{ id: 'a' }, { id: 'a', cents: 1 }],
      changes: ['data.cents is new and required'],
      advice: SENDER_FIRST,
    },
  },
  'a property with a default is new': {
    ...{ before: z.object({ id }), after: z.object({ id, note: id.default('none') }) },
    ...{ values: [{ id: 'a' }, { id: 'a', note: 'b' }], changes: ['data.note is new'] },
  },
  'a required property is gone': {
    ...{ before: z.object({ id, cents: z.int() }), after: z.object({ id }) },
    ...{ values: [{ id: 'a', cents: 1 }, { id: 'a' }], changes: ['data.cents is gone'], advice: READERS_FIRST },
  },
  'a property may be left out from now on': {
    ...{ before: z.object({ id, note: id }), after: z.object({ id, note: id.optional() }) },
    ...{
      values: [{ id: 'a', note: 'b' }, { id: 'a' }],
      changes: ['data.note becomes optional'],
      advice: READERS_FIRST,
    },
  },
  'a value of an enum is new': {
    ...{ before: z.object({ kind: z.enum(['a', 'b']) }), after: z.object({ kind: z.enum(['a', 'b', 'c']) }) },
    ...{ values: [{ kind: 'a' }, { kind: 'c' }], changes: ['data.kind value "c" is new'], advice: READERS_FIRST },
  },
  'a value of an enum is gone': {
    ...{ before: z.object({ kind: z.enum(['a', 'b']) }), after: z.object({ kind: z.enum(['a']) }) },
    ...{ values: [{ kind: 'b' }, { kind: 'a' }], changes: ['data.kind value "b" is gone'], advice: SENDER_FIRST },
  },
  'a limit is wider, inside a list': {
    ...{ before: z.object({ at: z.array(z.number().max(5)) }), after: z.object({ at: z.array(z.number().max(9)) }) },
    ...{ values: [{ at: [5] }, { at: [9] }], changes: ['data.at[] maximum 5 becomes 9'], advice: READERS_FIRST },
  },
  'a limit is narrower': {
    ...{ before: z.object({ name: id.min(1) }), after: z.object({ name: id.min(3) }) },
    ...{ values: [{ name: 'a' }, { name: 'abc' }], changes: ['data.name minLength 1 becomes 3'], advice: SENDER_FIRST },
  },
  'a type is another one': {
    ...{ before: z.object({ at: z.string() }), after: z.object({ at: z.number() }) },
    ...{ values: [{ at: 'a' }, { at: 1 }], changes: ['data.at type string becomes number'], advice: NEITHER },
  },
  'a number need not be whole any more': {
    ...{ before: z.object({ at: z.int32() }), after: z.object({ at: z.number().min(-2147483648).max(2147483647) }) },
    ...{ values: [{ at: 1 }, { at: 1.5 }], changes: ['data.at type integer becomes number'], advice: READERS_FIRST },
  },
};

describe('a change of a payload', () => {
  it.each(Object.entries(PAIRS))('%s: told with the order to deploy in', (_, { before, after, changes, advice }) => {
    expect(messageChanges(shop(before), shop(after))).toEqual([
      { subject: 'orders.placed', changes, breaks: advice === undefined ? [] : ['mail'], advice },
    ]);
  });

  it.each(Object.entries(PAIRS))('%s: as the readers themselves take it', (_, { before, after, values, advice }) => {
    const [old, now] = values;
    expect([before.safeParse(old).success, after.safeParse(now).success]).toEqual([true, true]);
    // what is written now, for readers of before; what was written before, for readers of now
    const broken = [!before.safeParse(now).success, !after.safeParse(old).success];
    expect(broken).toEqual([
      advice === READERS_FIRST || advice === NEITHER,
      advice === SENDER_FIRST || advice === NEITHER,
    ]);
  });

  it('without any difference is not told', () => {
    expect(messageChanges(shop(z.object({ id })), shop(z.object({ id })))).toEqual([]);
  });

  it('with a higher version is for readers first, since those of before refuse it', () => {
    const schema = z.object({ id });
    expect(messageChanges(shop(schema), shop(schema, { version: 2 }))).toMatchObject([
      { changes: ['version maximum 1 becomes 2'], breaks: ['mail'], advice: READERS_FIRST },
    ]);
  });
});

describe('a message', () => {
  const schema = z.object({ id });

  it('that nobody sends any more breaks who waits for it', () => {
    expect(messageChanges(shop(schema), shop(schema, { sends: false }))).toEqual([
      {
        subject: 'orders.placed',
        changes: ['nobody sends it any more'],
        breaks: ['mail'],
        advice: 'still consumed by mail: remove those consumers',
      },
    ]);
  });

  it('whose stream or durable changes leaves behind what waits there', () => {
    const [change] = messageChanges(shop(schema), shop(schema, { stream: 'NEXT', topic: 'ordered' }));
    expect(change?.changes).toEqual(['stream ORDERS becomes NEXT', 'durable mail-placed becomes mail-ordered']);
    expect(change?.breaks).toEqual(['mail']);
    expect(change?.advice).toBe(
      'messages stored there are not moved (stream ORDERS becomes NEXT, durable mail-placed becomes mail-ordered): drain it first',
    );
  });

  it('whose payload and durable change keeps both pieces of advice', () => {
    const [change] = messageChanges(shop(schema), shop(z.object({ id: z.int() }), { topic: 'ordered' }));
    expect(change?.advice).toBe(
      `${NEITHER}; messages stored there are not moved (durable mail-placed becomes mail-ordered): drain it first`,
    );
  });

  it('breaks the consumers of before with what is new, and those of now with what is old', () => {
    const consumedBy = (name: string, payload: z.ZodType): AsyncApi => {
      const placed = defineMessage({ subject: 'orders.placed', payload });
      const streams = [defineStream({ name: 'ORDERS', subjects: ['orders.>'], maxAgeSeconds: 60 })];
      const services = [
        declareService({ name: 'orders', env: [], publishes: [placed] }),
        declareService({ name, env: [], consumes: [consume(placed)] }),
      ];
      return asyncApiOf(defineTopology({ streams, services }), { title: 's', version: '1' }) as unknown as AsyncApi;
    };
    const [wide, narrow] = [z.object({ id, note: id.optional() }), z.object({ id, note: id })];
    // nothing is renamed: one consumer goes, another comes
    expect(messageChanges(consumedBy('mail', narrow), consumedBy('stats', wide))).toMatchObject([
      { changes: ['data.note becomes optional'], breaks: ['mail'] },
    ]);
    expect(messageChanges(consumedBy('mail', wide), consumedBy('stats', narrow))).toMatchObject([
      { changes: ['data.note becomes required'], breaks: ['stats'] },
    ]);
  });

  it('that is new breaks nobody', () => {
    expect(messageChanges({}, shop(schema))).toEqual([
      { subject: 'orders.placed', changes: ['is new'], breaks: [], advice: undefined },
    ]);
  });

  it('that answers a request is read by who asked', () => {
    const asked = (reply: z.ZodType): AsyncApi => {
      const stock = defineRequest({ subject: 'rpc.stock', payload: z.object({ id }), reply });
      const services = [
        declareService({ name: 'orders', env: [], requests: [stock] }),
        declareService({ name: 'stock', env: [], responds: [stock] }),
      ];
      return asyncApiOf(defineTopology({ streams: [], services }), { title: 's', version: '1' }) as unknown as AsyncApi;
    };
    expect(messageChanges(asked(z.object({ left: z.int() })), asked(z.object({ id })))).toMatchObject([
      { subject: 'rpc.stock-reply', breaks: ['orders'] },
    ]);
  });
});

describe('diff', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'message-changes-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: unknown): string => {
    writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    return path.join(folder, name);
  };
  const before = file('before.json', shop(z.object({ id })));
  const after = file('after.json', shop(z.object({ id, cents: z.int() })));

  it('compares two documents, and ends with 1 where services break', async () => {
    const terminal = capturedTerminal();
    expect(await runDiff([before, after], terminal)).toBe(1);
    expect(terminal.written.out).toBe(
      `Breaks services\n\n  orders.placed: data.cents is new and required (${SENDER_FIRST})\n`,
    );
    expect(await runDiff([before, before], terminal)).toBe(0);
    expect(terminal.written.out).toMatch(/no difference\n$/);
  });

  it('compares modules with their topologies', async () => {
    const catalog = 'src/video-platform/catalog/index.ts';
    const terminal = capturedTerminal();
    expect(await runDiff([catalog, catalog, '--json'], terminal)).toBe(0);
    expect(JSON.parse(terminal.written.out)).toEqual({ messages: [] });
  });

  it('says so where one side has no messages, or they are of another AsyncAPI', async () => {
    const other = file('pod.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n');
    await expect(runDiff([before, other])).rejects.toThrow(`${before} holds messages and ${other} does not`);
    const old = file('old.yaml', 'asyncapi: 2.6.0\nchannels: {}\n');
    await expect(runDiff([old, before])).rejects.toThrow(`${old}: asyncapi is "2.6.0", must be 3`);
  });
});
