/** Requests on a real server with the accounts and permissions of the declarations. */
import { EventEmitter, once } from 'node:events';
import { Writable } from 'node:stream';
import { MsgHdrsImpl } from 'nats';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { declareService, defineRequest, defineTopology, inboxPrefix, type NatsRequest } from '#declare';
import type { RunningNats } from '#local';
import {
  createLogger,
  currentTrace,
  DependencyError,
  RequestError,
  RequestRefusal,
  runInTrace,
  type OutgoingRequest,
  type ResponderHandler,
} from '#runtime';
import { openNats, type OpenNats } from '#runtime/events/connection';
import { sendRequest, type RequestOutcome } from '#runtime/events/request';
import type { ResponseOutcome } from '#runtime/events/reply-sender';
import { startResponder, type RunningResponder } from '#runtime/events/responder';
import { unavailabilityOf } from '#runtime/unavailable';
import { eventually } from '#test-support/eventually';
import { ACCOUNT_PASSWORD, login, startAccounts } from '#test-support/nats-account';
import { startNats } from '#test-support/nats';

const LIMIT_SECONDS = 2;
const stockOf = defineRequest({
  subject: 'rpc.stock.{warehouse}',
  payload: z.object({ article: z.string() }),
  reply: z.object({ left: z.int() }),
  timeoutSeconds: LIMIT_SECONDS,
});
const stock = declareService({ name: 'stock', env: [], responds: [stockOf] });
const shop = declareService({ name: 'shop', env: [], requests: [stockOf] });
const priceOf = defineRequest({ subject: 'rpc.price', payload: z.string(), reply: z.int() });
const prices = declareService({ name: 'prices', env: [], responds: [priceOf] });
const stranger = declareService({ name: 'stranger', env: [], requests: [priceOf] });
const topology = defineTopology({ streams: [], services: [stock, shop, prices, stranger] });

const lines: string[] = [];
const log = createLogger({
  service: 'test',
  version: '0',
  level: 'debug',
  destination: new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  }),
});

let server: RunningNats;
let links: OpenNats[] = [];
let responders: RunningResponder[] = [];
let fatal: Error[] = [];
let answered: ResponseOutcome[] = [];
let asked: RequestOutcome[] = [];

beforeAll(async () => {
  server = await startAccounts(topology);
});

afterEach(async () => {
  await Promise.all(responders.map(async (one) => await one.stop(0)));
  await Promise.all(links.map(async (one) => await one.close()));
  const ended = fatal;
  [links, responders, fatal, answered, asked] = [[], [], [], [], []];
  lines.length = 0;
  expect(ended).toEqual([]);
});

afterAll(async () => await server.stop());

async function linkOf(service: string, at = server): Promise<OpenNats> {
  const link = await openNats({
    ...{ url: at.url, user: service, password: ACCOUNT_PASSWORD, name: service, deadlineMs: 10_000, log },
    inboxPrefix: inboxPrefix(service),
    onFatal: (error) => void fatal.push(error),
  });
  links.push(link);
  return link;
}

async function respond(
  handler: ResponderHandler<typeof stockOf>,
  request: NatsRequest = stockOf,
  link?: OpenNats,
): Promise<RunningResponder> {
  const own = link ?? (await linkOf('stock'));
  const responder = { request, handler: handler as unknown as ResponderHandler };
  const onOutcome = (_: string, outcome: ResponseOutcome): void => void answered.push(outcome);
  const one = startResponder({ link: own, service: 'stock', responder, log, onOutcome });
  responders.push(one);
  await own.connection.flush();
  return one;
}

type Outgoing = Partial<OutgoingRequest<typeof stockOf>>;

async function ask(link: OpenNats, more: Outgoing = {}): Promise<{ left: number }> {
  const outgoing = { values: { warehouse: 'north' }, data: { article: 'nails' }, ...more };
  return await sendRequest(link, stockOf, outgoing, (_, outcome) => void asked.push(outcome));
}

/** Rejection of a request. */
async function failure(asking: Promise<unknown>): Promise<RequestError> {
  return await asking.then(
    (reply) => expect.fail(`replied ${JSON.stringify(reply)}`),
    (error: unknown) => {
      if (error instanceof RequestError) return error;
      throw error;
    },
  );
}

/** A handler that runs until it is told to end, or its signal says so. */
function heldHandler() {
  const events = new EventEmitter();
  const started = once(events, 'start');
  const handler: ResponderHandler<typeof stockOf> = async ({ signal }) => {
    const ended = once(events, 'end', { signal }).catch(() => {
      throw signal.reason as Error;
    });
    events.emit('start');
    const [reply] = (await ended) as [{ left: number }];
    return reply;
  };
  return { handler, started, end: (reply: { left: number }) => void events.emit('end', reply) };
}

/** Resolves when a handler's signal aborts. */
async function aborted(signal: AbortSignal): Promise<unknown> {
  return await new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)));
}

describe('a request', () => {
  it('is answered by one replica, with the values of its subject', async () => {
    let handled = 0;
    const replica = async () =>
      await respond(({ data, values, subject }) => {
        handled += 1;
        expect([data, values, subject]).toEqual([{ article: 'nails' }, { warehouse: 'north' }, 'rpc.stock.north']);
        return { left: 3 };
      });
    await Promise.all([replica(), replica()]);
    const caller = await linkOf('shop');
    const replies = await Promise.all(Array.from({ length: 10 }, async () => await ask(caller)));
    expect(replies).toEqual(Array.from({ length: 10 }, () => ({ left: 3 })));
    expect(handled).toBe(10);
    expect(asked).toEqual(answered);
  });

  it('continues the trace of the caller', async () => {
    const seen: (string | undefined)[] = [];
    await respond(() => {
      seen.push(currentTrace()?.traceparent);
      return { left: 0 };
    });
    const caller = await linkOf('shop');
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    const trace = { requestId: 'r', traceparent: `00-${id}-00f067aa0ba902b7-01` };
    await runInTrace(trace, async () => await ask(caller));
    expect(seen).toEqual([expect.stringMatching(new RegExp(`^00-${id}-(?!00f067aa0ba902b7)`))]);
  });

  it('is refused before it is sent when its data does not match', async () => {
    const caller = await linkOf('shop');
    await expect(ask(caller, { data: { article: 7 } as never })).rejects.toThrow('data.article');
    await expect(ask(caller, { timeoutSeconds: LIMIT_SECONDS + 1 })).rejects.toThrow(
      'request rpc.stock.{warehouse}: timeoutSeconds is 3, must be above 0 and at most the 2 of the declaration',
    );
    expect(asked).toEqual([]);
  });
});

describe('the caller learns', () => {
  it('with which code and message the responder refused', async () => {
    await respond(() => {
      throw new RequestRefusal('unknown_article', 'no article nails\nin any warehouse');
    });
    const error = await failure(ask(await linkOf('shop')));
    expect([error.reason, error.refusal]).toEqual([
      'refused',
      { code: 'unknown_article', message: 'no article nails in any warehouse' },
    ]);
    expect(unavailabilityOf(error)).toBeUndefined();
  });

  it('that the handler failed, and not why', async () => {
    await respond(() => {
      throw new Error('select from secret_table');
    });
    const error = await failure(ask(await linkOf('shop')));
    expect([error.reason, error.message]).toEqual([
      'failed',
      'request rpc.stock.{warehouse}: failed: the handler failed',
    ]);
    expect(lines.join('')).toContain('select from secret_table');
  });

  it('that a store of the responder is away, which is 503 for its own callers', async () => {
    await respond(() => {
      throw new DependencyError('postgres', 'postgres did not answer');
    });
    const error = await failure(ask(await linkOf('shop')));
    expect(error.message).toContain('unavailable: postgres is unavailable');
    expect(unavailabilityOf(error)).toEqual({
      dependency: 'rpc.stock.{warehouse}',
      kind: 'away',
      reason: 'unavailable',
    });
  });

  it('that the handler waited in vain for a reply itself, which is not known to have had no effect', async () => {
    await respond(() => {
      throw new RequestError('rpc.price', 'timeout', 'no reply within 1 s');
    });
    const error = await failure(ask(await linkOf('shop')));
    expect(error.reason).toBe('failed');
    expect(unavailabilityOf(error)).toBeUndefined();
  });

  it('that the reply does not match its schema, from either side', async () => {
    await respond(() => ({ left: 1.5 }));
    const caller = await linkOf('shop');
    expect((await failure(ask(caller))).reason).toBe('failed');
    await Promise.all(responders.map(async (one) => await one.stop(0)));
    const foreign = await login(server, 'stock', 'stock');
    foreign.connection.subscribe('rpc.stock.*', {
      queue: 'stock',
      callback: (_error, message) => message.respond('{"left":"many"}'),
    });
    await foreign.connection.flush();
    const error = await failure(ask(caller));
    expect([error.reason, error.message]).toEqual(['invalid_reply', expect.stringContaining('data.left')]);
    await foreign.connection.close();
  });

  it('that nobody responds', async () => {
    const plain = await startNats();
    const caller = await linkOf('shop', plain);
    const error = await failure(ask(caller));
    expect([error.reason, unavailabilityOf(error)?.kind]).toEqual(['no_responders', 'away']);
    await caller.close();
    await plain.stop();
  });

  it('that its permissions lack the request, and goes on', async () => {
    const caller = await linkOf('stranger');
    expect((await failure(ask(caller))).reason).toBe('denied');
    expect(caller.connected).toBe(true);
  });

  it('that its permissions lack several requests, whose denials end nothing, nor does that of one that was given up', async () => {
    const caller = await linkOf('stranger');
    const errors = await Promise.all([failure(ask(caller)), failure(ask(caller))]);
    expect(errors.map(({ reason }) => reason)).toEqual(['denied', 'denied']);
    await caller.connection.flush();
    expect(fatal).toEqual([]);
    const stop = new AbortController();
    const givenUp = ask(caller, { signal: stop.signal });
    stop.abort(new Error('changed my mind'));
    await expect(givenUp).rejects.toThrow('changed my mind');
    await caller.connection.flush();
    expect(fatal).toEqual([]);
    expect((await failure(ask(caller))).reason).toBe('denied');
  });

  it('that the reply is larger than the server takes', async () => {
    const small = await startNats('max_payload: 2048\n');
    const wordOf = defineRequest({ subject: 'rpc.word', payload: z.int(), reply: z.string(), timeoutSeconds: 2 });
    const own = await linkOf('stock', small);
    await respond(() => 'x'.repeat(4096) as never, wordOf, own);
    const caller = await linkOf('shop', small);
    const error = await failure(sendRequest(caller, wordOf, { data: 4096 }, () => undefined));
    expect([error.reason, error.message]).toEqual(['failed', expect.stringContaining('the reply could not be sent')]);
    expect(answered).toEqual(['failed']);
    expect(lines.join('')).toContain('MAX_PAYLOAD_EXCEEDED');
    await Promise.all([own.close(), caller.close()]);
    await small.stop();
  });

  it('that NATS is away, at once', async () => {
    const plain = await startNats();
    const caller = await linkOf('shop', plain);
    plain.process?.kill('SIGSTOP');
    const waiting = ask(caller, {}).catch((error: unknown) => error);
    plain.process?.kill('SIGKILL');
    expect(await waiting).toMatchObject({ name: 'DependencyError', dependency: 'nats' });
    await eventually(() => expect(caller.connected).toBe(false));
    await expect(ask(caller)).rejects.toThrow('nats is away');
    expect(asked).toEqual(['unavailable']);
    await caller.close();
    await plain.stop();
  });
});

describe('the time limit', () => {
  it('ends both sides: the caller gives up, the signal of the handler aborts, and nothing is replied', async () => {
    const reasons: unknown[] = [];
    await respond(async ({ signal }) => {
      reasons.push(await aborted(signal));
      return { left: 1 };
    });
    const caller = await linkOf('shop');
    const error = await failure(ask(caller, { timeoutSeconds: 0.2 }));
    expect([error.reason, unavailabilityOf(error)?.kind]).toEqual(['timeout', 'slow']);
    await eventually(() => expect(answered).toEqual(['late']));
    expect(reasons).toEqual([new Error('the caller has gone: it waited 0.2 s')]);
  });

  it('is that of the declaration for a client that says none, and for one that says more', async () => {
    const reasons: unknown[] = [];
    await respond(async ({ signal }) => {
      reasons.push(await aborted(signal));
      return { left: 1 };
    });
    const foreign = await login(server, 'shop', 'shop');
    const question = '{"article":"nails"}';
    foreign.connection.publish('rpc.stock.north', question, { reply: '_INBOX_shop.a' });
    const caller = await linkOf('shop');
    const headers = caller.headersOf({ 'Request-Timeout-Ms': '60000' });
    foreign.connection.publish('rpc.stock.north', question, { reply: '_INBOX_shop.b', headers });
    await eventually(() => expect(answered).toEqual(['late', 'late']));
    expect(reasons.map(String)).toEqual(Array(2).fill('Error: the caller has gone: it waited 2 s'));
    await foreign.connection.close();
  });

  it('does not keep a caller that has stopped waiting', async () => {
    const stop = new AbortController();
    await respond(async ({ signal }) => {
      stop.abort(new Error('changed my mind'));
      await aborted(signal);
      return { left: 1 };
    });
    const caller = await linkOf('shop');
    await expect(ask(caller, { timeoutSeconds: 0.5, signal: stop.signal })).rejects.toThrow('changed my mind');
    await expect(ask(caller, { signal: stop.signal })).rejects.toThrow('changed my mind');
    expect(asked).toEqual(['given_up', 'given_up']);
  });

  it('of the server may be shorter: a reply that it denies is logged, and the service goes on', async () => {
    const own = defineTopology({
      streams: [],
      services: [
        declareService({ name: 'stock', env: [], responds: [{ ...stockOf, timeoutSeconds: 1 }] }),
        declareService({ name: 'shop', env: [], requests: [stockOf] }),
      ],
    });
    const strict = await startAccounts(own);
    const responder = await linkOf('stock', strict);
    let slow = true;
    await respond(
      async () => {
        if (slow) await new Promise((resolve) => setTimeout(resolve, 1500));
        slow = false;
        return { left: 1 };
      },
      stockOf,
      responder,
    );
    const caller = await linkOf('shop', strict);
    expect((await failure(ask(caller))).reason).toBe('timeout');
    await eventually(() => expect(lines.join('')).toContain('nats denied a reply that came too late'));
    expect(await ask(caller)).toEqual({ left: 1 });
    await Promise.all([responder.close(), caller.close()]);
    await strict.stop();
  });
});

describe('a client of another language', () => {
  it('gets the headers of the services API for a request that cannot be read', async () => {
    await respond(() => ({ left: 1 }));
    const { connection } = await login(server, 'shop', 'shop');
    for (const question of ['{"article":7}', 'no JSON']) {
      const { headers, data } = await connection.request('rpc.stock.north', question);
      expect([headers?.get('Nats-Service-Error-Code'), data.length]).toEqual(['400', 0]);
      expect(headers?.get('Nats-Service-Error')).toContain('rpc.stock.{warehouse}');
    }
    await connection.close();
    expect(answered).toEqual(['invalid', 'invalid']);
  });

  it.each([
    ['409', 'refused', { code: '409', message: 'taken' }],
    ['500', 'failed', undefined],
    ['503', 'unavailable', undefined],
  ])('refuses by the same headers: %s is %s', async (code, reason, refusal) => {
    const caller = await linkOf('shop');
    const { connection } = await login(server, 'stock', 'stock');
    connection.subscribe('rpc.stock.*', {
      queue: 'stock',
      callback: (_error, message) => {
        const headers = caller.headersOf({ 'Nats-Service-Error-Code': code, 'Nats-Service-Error': 'taken' });
        message.respond('', { headers });
      },
    });
    await connection.flush();
    const error = await failure(ask(caller));
    expect([error.reason, error.refusal]).toEqual([reason, refusal]);
    await connection.close();
  });
});

describe('a malformed header', () => {
  /** The client checks the names of fields where it sets them one by one, and where it reads them. */
  const malformed = MsgHdrsImpl.fromRecord({ 'bad key': ['x'] });
  const fault = "malformed header: ' ' is not a valid character for a header key";

  it('of a request refuses it, and the next one is answered', async () => {
    await respond(() => ({ left: 3 }));
    const { connection } = await login(server, 'shop', 'shop');
    const question = '{"article":"nails"}';
    const { headers } = await connection.request('rpc.stock.north', question, { timeout: 2000, headers: malformed });
    expect(headers?.get('Nats-Service-Error-Code')).toBe('400');
    expect(headers?.get('Nats-Service-Error')).toBe(fault);
    expect(await ask(await linkOf('shop'))).toEqual({ left: 3 });
    expect(answered).toEqual(['invalid', 'replied']);
    await connection.close();
  });

  it('of a reply makes it invalid, and the next one is received', async () => {
    const caller = await linkOf('shop');
    const { connection } = await login(server, 'stock', 'stock');
    const replies = [{ headers: malformed }, {}];
    connection.subscribe('rpc.stock.*', {
      queue: 'stock',
      callback: (_error, message) => void message.respond('{"left":3}', replies.shift()),
    });
    await connection.flush();
    const error = await failure(ask(caller));
    expect([error.reason, error.message]).toEqual(['invalid_reply', expect.stringContaining(fault)]);
    expect(await ask(caller)).toEqual({ left: 3 });
    await connection.close();
  });
});

describe('a responder that stops', () => {
  it('lets running handlers reply, and takes no more', async () => {
    const { handler, started, end } = heldHandler();
    const responder = await respond(handler);
    const caller = await linkOf('shop');
    const reply = ask(caller);
    await started;
    const stopped = responder.stop(10_000);
    expect(responder.running).toBe(1);
    end({ left: 5 });
    expect(await reply).toEqual({ left: 5 });
    await stopped;
    expect(['no_responders', 'timeout']).toContain((await failure(ask(caller, { timeoutSeconds: 0.2 }))).reason);
    expect(answered).toEqual(['replied']);
  });

  it('asks them to end when it waits no longer, and says so to their callers', async () => {
    const { handler, started } = heldHandler();
    const responder = await respond(handler);
    const caller = await linkOf('shop');
    const reply = failure(ask(caller));
    await started;
    await responder.stop(50);
    expect((await reply).message).toContain('unavailable: the service is stopping');
  });
});

it('the code of a refusal is a word', () => {
  expect(() => new RequestRefusal('400', 'no')).toThrow(
    'code of a RequestRefusal is "400", must be a word such as sold_out: correct it',
  );
});
