import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { natsConfig } from '#constructs';
import type { RunningNats } from '#local';
import {
  accountName,
  declareService,
  defineMessage,
  defineRequest,
  defineStream,
  defineTopology,
  natsAccounts,
  natsPermissions,
  queueGroup,
  topologyFaults,
} from '#messaging';
import type { ReplyOf, RequestOf, ServiceDeclaration, Topology } from '#messaging';
import { natsUsers } from '../../src/manifests/nats-users.ts';
import { pictureOf } from '#picture';
import { login, startAccounts } from '#test-support/nats-account';

const stockOf = defineRequest({
  subject: 'rpc.stock.{warehouse}',
  payload: z.object({ article: z.string() }),
  reply: z.object({ left: z.int() }),
});
const priceOf = defineRequest({
  subject: 'rpc.price',
  payload: z.string(),
  reply: z.number(),
  timeoutSeconds: 3,
});
const stockChanged = defineMessage({ subject: 'stock.changed', payload: z.string(), delivery: 'core' });

const stock = declareService({ name: 'stock', env: [], responds: [stockOf], publishes: [stockChanged] });
const prices = declareService({ name: 'prices', env: [], responds: [priceOf], requests: [stockOf] });
const shop = declareService({ name: 'shop', env: [], requests: [stockOf, priceOf] });
const page = declareService({ name: 'page', env: [], subscribes: [stockChanged] });
const topology = defineTopology({ streams: [], services: [stock, prices, shop, page] });

const encoder = new TextEncoder();
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

describe('the permissions of a request', () => {
  it('let the responder subscribe in its queue group and reply once, and the others ask', () => {
    expect(natsPermissions(stock, topology)).toEqual({
      publish: { allow: ['stock.changed'], deny: [] },
      subscribe: { allow: ['rpc.stock.* stock'], deny: ['rpc.stock.*.>'] },
      responses: { max: 1, expiresSeconds: 10 },
    });
    expect(natsPermissions(shop, topology)).toEqual({
      publish: { allow: ['rpc.stock.*', 'rpc.price'], deny: [] },
      subscribe: { allow: ['_INBOX_shop.>'], deny: [] },
    });
    expect(natsPermissions(prices, topology).responses).toEqual({ max: 1, expiresSeconds: 3 });
  });

  it('are an export of the responder and an import of each that asks', () => {
    const accounts = natsAccounts(topology);
    const of = (name: string) => accounts.find((account) => account.name === accountName(name));
    expect(of('stock')?.exports).toContainEqual({
      kind: 'service',
      subject: 'rpc.stock.*',
      accounts: ['APP-prices', 'APP-shop'],
      manyAnswers: false,
    });
    expect(of('shop')?.imports).toEqual([
      { kind: 'service', account: 'APP-stock', subject: 'rpc.stock.*', to: undefined },
      { kind: 'service', account: 'APP-prices', subject: 'rpc.price', to: undefined },
    ]);
  });

  it('are read back from nats.conf without the queue group', () => {
    const accounts = natsAccounts(topology).map(({ user, ...account }) => ({
      ...account,
      users: user === undefined ? [] : [{ ...user, passwordVariable: 'P' }],
    }));
    const config = natsConfig({ accounts, maxFileStoreBytes: 1, maxMemoryStoreBytes: 1 });
    expect(config).toContain('allow_responses: { max: 1, expires: "3s" }');
    const [user] = natsUsers(config).filter(({ name }) => name === 'stock');
    expect(user?.subscribe).toEqual(['rpc.stock.*']);
  });

  it('have the types of the question and of the answer', () => {
    expectTypeOf<RequestOf<typeof stockOf>>().toEqualTypeOf<{ article: string }>();
    expectTypeOf<ReplyOf<typeof stockOf>>().toEqualTypeOf<{ left: number }>();
  });

  it('are drawn: who asks, and who responds', () => {
    const { bands } = pictureOf({ title: 'shop', services: topology.services, streams: [] });
    expect(bands.find(({ title }) => title === 'requests')?.rows).toEqual([
      { label: 'rpc.stock.{warehouse}', roles: { stock: ['consumes'], prices: ['publishes'], shop: ['publishes'] } },
      { label: 'rpc.price', roles: { prices: ['consumes'], shop: ['publishes'] } },
    ]);
  });
});

describe('on a real server', () => {
  let server: RunningNats;
  beforeAll(async () => {
    server = await startAccounts(topology);
  });
  afterAll(async () => await server.stop());

  it('one replica of the responder answers each request', async () => {
    const replicas = await Promise.all([1, 2, 3].map(async () => await login(server, 'stock', 'stock')));
    let answered = 0;
    for (const { connection } of replicas) {
      connection.subscribe('rpc.stock.*', {
        queue: queueGroup(stock),
        callback: (_error, message) => {
          answered += 1;
          message.respond(encoder.encode(`${message.subject} has ${text(message.data)}`));
        },
      });
      await connection.flush();
    }
    const asking = await login(server, 'shop', 'shop');
    for (const warehouse of ['north', 'south', 'north']) {
      const { data } = await asking.connection.request(`rpc.stock.${warehouse}`, encoder.encode('nails'));
      expect(text(data)).toBe(`rpc.stock.${warehouse} has nails`);
    }
    const other = await login(server, 'prices', 'prices');
    const { data } = await other.connection.request('rpc.stock.north', encoder.encode('glue'));
    expect(text(data)).toBe('rpc.stock.north has glue');
    expect(answered).toBe(4);
    for (const session of [asking, other, ...replicas]) {
      expect(await session.allRefusals()).toEqual([]);
      await session.connection.close();
    }
  });

  it('a second reply to one request is refused', async () => {
    const responder = await login(server, 'prices', 'prices');
    responder.connection.subscribe('rpc.price', {
      queue: queueGroup(prices),
      callback: (_error, message) => {
        message.respond(encoder.encode('1'));
        message.respond(encoder.encode('2'));
      },
    });
    await responder.connection.flush();
    const asking = await login(server, 'shop', 'shop');
    const { data } = await asking.connection.request('rpc.price', encoder.encode('nails'));
    expect(text(data)).toBe('1');
    const refusals = await responder.allRefusals();
    expect(refusals).toEqual([expect.stringMatching(/^publish _R_\./)]);
    await asking.connection.close();
    await responder.connection.close();
  });

  it('a service that declares no request may neither ask nor answer, nor may a replica answer beside the group', async () => {
    const listener = await login(server, 'page', 'page');
    listener.connection.publish('rpc.price', encoder.encode('nails'), { reply: '_INBOX_page.1' });
    listener.connection.subscribe('rpc.price', { queue: queueGroup(prices) });
    expect(await listener.allRefusals()).toEqual(['publish rpc.price', 'subscription rpc.price']);
    const responder = await login(server, 'prices', 'prices');
    responder.connection.subscribe('rpc.price');
    responder.connection.publish('_INBOX_shop.x', encoder.encode('forged'));
    expect(await responder.allRefusals()).toEqual(
      expect.arrayContaining(['subscription rpc.price', 'publish _INBOX_shop.x']),
    );
    await listener.connection.close();
    await responder.connection.close();
  });
});

it('two services may ask each other: the server takes it for no cycle', async () => {
  const back = defineRequest({ subject: 'rpc.back', payload: z.string(), reply: z.string() });
  const mutual = defineTopology({
    streams: [],
    services: [
      declareService({ name: 'a', env: [], responds: [back], requests: [priceOf] }),
      declareService({ name: 'b', env: [], responds: [priceOf], requests: [back] }),
    ],
  });
  const server = await startAccounts(mutual);
  const [a, b] = await Promise.all([login(server, 'a', 'a'), login(server, 'b', 'b')]);
  a.connection.subscribe('rpc.back', { queue: 'a', callback: (_error, message) => message.respond('from a') });
  await a.connection.flush();
  expect((await b.connection.request('rpc.back', '')).string()).toBe('from a');
  await Promise.all([a.connection.close(), b.connection.close()]);
  await server.stop();
});

it('an answer goes to the account that asked, whatever reply subject the request names', async () => {
  const server = await startAccounts(topology);
  const [responder, victim, asking] = await Promise.all([
    login(server, 'prices', 'prices'),
    login(server, 'page', 'page'),
    login(server, 'shop', 'shop'),
  ]);
  responder.connection.subscribe('rpc.price', {
    queue: queueGroup(prices),
    callback: (_error, message) => message.respond('forged'),
  });
  await responder.connection.flush();
  const overheard: string[] = [];
  victim.connection.subscribe('stock.changed', { callback: (_error, { data }) => overheard.push(text(data)) });
  await victim.connection.flush();
  for (const reply of ['stock.changed', '_INBOX_page.x', 'rpc.stock.north']) {
    asking.connection.publish('rpc.price', '', { reply });
  }
  // what is answered before this reply has arrived wherever it was to arrive
  await asking.connection.request('rpc.price', '');
  await victim.connection.flush();
  expect(overheard).toEqual([]);
  await Promise.all([responder, victim, asking].map(async ({ connection }) => await connection.close()));
  await server.stop();
});

describe('a request is refused at synth', () => {
  const service = (name: string, uses: Partial<ServiceDeclaration>): ServiceDeclaration => ({
    ...declareService({ name, env: [] }),
    ...uses,
  });
  const faults = (...services: ServiceDeclaration[]): string =>
    topologyFaults({ streams: [], services, deadLetters: undefined } satisfies Topology)
      .map(({ rule, place, message }) => `${rule} ${place}: ${message}`)
      .join('\n');
  const at = (subject: string, timeoutSeconds = 10) =>
    defineRequest({ subject, payload: z.string(), reply: z.string(), timeoutSeconds });

  it('when nobody answers it, with the nearest one that is answered', () => {
    const found = faults(service('a', { responds: [at('rpc.price')] }), service('b', { requests: [at('rpc.prise')] }));
    expect(found).toBe(
      'request-unanswered b requests rpc.prise: is answered by no service, so every request would fail: add it to responds of its service, did you mean rpc.price?',
    );
  });

  it('when a message stands in its place, for callers without types', () => {
    const responds = [stockChanged] as unknown as ServiceDeclaration['responds'];
    expect(() => declareService({ name: 'a', env: [], responds })).toThrow(
      'responds[0] is the message stock.changed, must be a request of defineRequest',
    );
  });

  it('without a schema of the answer, for callers without types', () => {
    const props = { subject: 'rpc.price', payload: z.string() } as unknown as Parameters<typeof defineRequest>[0];
    expect(() => defineRequest(props)).toThrow('reply');
  });

  it('when two services answer it', () => {
    const found = faults(service('a', { responds: [at('rpc.{x}')] }), service('b', { responds: [at('rpc.price')] }));
    expect(found).toContain('request-owner b responds to rpc.price: overlaps rpc.{x}, to which a responds');
  });

  it.each(['rpc.a.{y}', 'rpc.a.b', 'rpc.{x}.{y}'])('when %s is a second declaration of rpc.a.{x}', (subject) => {
    const found = faults(
      service('a', { responds: [at('rpc.a.{x}')] }),
      service('b', { requests: [at(subject)] }),
      service('c', { requests: [at('rpc.a.{x}')] }),
    );
    expect(found).toBe(
      `request-twice b requests ${subject}: overlaps rpc.a.{x}, to which a responds, but is another declaration: import and request that one`,
    );
  });

  it.each(['rpc.a.{y}', 'rpc.a.*', 'rpc.>'])('when another service answers %s beside rpc.a.{x}', (subject) => {
    const found = faults(service('a', { responds: [at('rpc.a.{x}')] }), service('b', { responds: [at(subject)] }));
    expect(found).toContain(`request-owner b responds to ${subject}: overlaps rpc.a.{x}, to which a responds`);
  });

  it.each([
    ['rpc.*', 10, 'request-subject a responds to rpc.*: subject has a wildcard'],
    ['_INBOX.x', 10, 'subjects that start with _INBOX carry replies'],
    ['{x}.price', 10, 'must start with a literal token'],
    ['rpc.price', 0, 'timeoutSeconds is 0'],
  ])('for the subject %s and %d s', (subject, seconds, message) => {
    expect(faults(service('a', { responds: [at(subject, seconds)] }))).toContain(message);
  });

  it('when its subject carries a message, or a stream would store it', () => {
    const message = defineMessage({ subject: 'rpc.price', payload: z.string(), delivery: 'core' });
    const owner = service('a', { responds: [at('rpc.price')] });
    expect(faults(owner, service('b', { publishes: [message] }))).toContain(
      'request-is-message a responds to rpc.price: overlaps the message rpc.price, which b publishes',
    );
    const stream = defineStream({ name: 'ALL', subjects: ['rpc.>'] });
    const found = topologyFaults({ streams: [stream], services: [owner], deadLetters: undefined });
    expect(found.map(({ rule }) => rule)).toContain('request-stored');
  });
});
