import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { topology } from '#catalog';
import {
  consume,
  declareService,
  defineMessage,
  defineRequest,
  defineStream,
  defineTopology,
  envelopeOf,
  type Topology,
} from '#declare';
import { asyncApiOf, type AsyncApiDocument } from '#asyncapi';

const INFO = { title: 'shop', version: '1.2.3' };
const orderPlaced = defineMessage({
  subject: 'orders.placed',
  payload: z.object({ id: z.string(), cents: z.int() }),
  version: 3,
});
const moved = defineMessage({
  subject: 'parcel.{customer}.moved',
  payload: z.object({ at: z.string() }),
  delivery: 'core',
});
const advisory = defineMessage({ subject: '$JS.EVENT.>', payload: z.object({ type: z.string() }), external: true });
const reserve = defineRequest({
  subject: 'rpc.stock.{warehouse}',
  payload: z.object({ article: z.string() }),
  reply: z.object({ left: z.int() }),
});
const shop = defineTopology({
  streams: [defineStream({ name: 'ORDERS', subjects: ['orders.>'], maxAgeSeconds: 3600 })],
  services: [
    declareService({ name: 'orders', env: [], publishes: [orderPlaced], requests: [reserve] }),
    declareService({ name: 'stock', env: [], responds: [reserve], publishes: [moved], subscribes: [advisory] }),
    declareService({ name: 'mail', env: [], consumes: [consume(orderPlaced, { maxDeliver: 4 })], subscribes: [moved] }),
  ],
});

const asyncApiSchema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;
const isAsyncApi = new Ajv({ strict: false, validateFormats: false }).compile(asyncApiSchema);

/** Places where a document differs from AsyncAPI's own schema, and references that lead nowhere. */
function faultsOf(document: AsyncApiDocument): readonly string[] {
  isAsyncApi(document);
  const schemaFaults = (isAsyncApi.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, to = '']) => to);
  expect(references.length).toBeGreaterThan(0);
  const lost = references.filter(
    (to) =>
      to.split('/').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document) ===
      undefined,
  );
  return [...schemaFaults, ...lost];
}

describe('an AsyncAPI document', () => {
  it.each<[string, Topology, string | undefined]>([
    ['a shop with requests', shop, undefined],
    ['one service of it', shop, 'stock'],
    ['the platform', topology, undefined],
    ...topology.services.map(({ name }): [string, Topology, string] => [name, topology, name]),
  ])('of %s is what its schema asks for', (_, described, service) => {
    expect(faultsOf(asyncApiOf(described, { ...INFO, ...(service === undefined ? {} : { service }) }))).toEqual([]);
  });

  it('has an operation for each thing that a service declares', () => {
    const { operations } = asyncApiOf(shop, INFO);
    expect(Object.entries(operations).map(([name, { action }]) => [name, action])).toEqual([
      ['orders.send.orders.placed', 'send'],
      ['orders.send.rpc.stock.warehouse', 'send'],
      ['stock.send.parcel.customer.moved', 'send'],
      ['stock.receive.JS.EVENT.rest', 'receive'],
      ['stock.receive.rpc.stock.warehouse', 'receive'],
      ['mail.receive.orders.placed', 'receive'],
      ['mail.receive.parcel.customer.moved', 'receive'],
    ]);
    expect(operations['mail.receive.orders.placed']).toMatchObject({
      'x-jetstream': { stream: 'ORDERS', durable: 'mail-placed', maxDeliver: 4 },
    });
    expect(operations['stock.receive.rpc.stock.warehouse']).toMatchObject({
      bindings: { nats: { queue: 'stock' } },
      reply: { address: { location: '$message.header#/reply' } },
    });
  });

  it('has the subjects as addresses, with their parameters', () => {
    const { channels } = asyncApiOf(shop, INFO);
    expect(channels['parcel.customer.moved']).toMatchObject({
      address: 'parcel.{customer}.moved',
      parameters: { customer: { description: expect.any(String) as string } },
    });
    expect(channels['rpc.stock.warehouse-reply']).toMatchObject({ address: null });
  });

  it('has a schema that takes what is published, and nothing else', () => {
    const { components } = asyncApiOf(shop, INFO);
    const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(
      components.messages['orders.placed']?.['payload'] as object,
    );
    const envelope = envelopeOf(orderPlaced, {
      ...{ id: '1', time: new Date(), source: 'orders', subject: 'o1' },
      data: { id: 'o1', cents: 100 },
    });
    expect(validate(envelope)).toBe(true);
    expect(validate({ ...envelope, version: 4 })).toBe(false);
    expect(validate({ ...envelope, data: { id: 'o1' } })).toBe(false);
  });

  it('leads the references of a schema that holds itself to where it stands', () => {
    const node = z.object({
      name: z.string(),
      get children() {
        return z.array(node);
      },
    });
    const grown = defineMessage({ subject: 'tree.grown', payload: node });
    const streams = [defineStream({ name: 'TREE', subjects: ['tree.>'], maxAgeSeconds: 60 })];
    const services = [declareService({ name: 'forest', env: [], publishes: [grown] })];
    const document = asyncApiOf(defineTopology({ streams, services }), INFO);
    expect(faultsOf(document)).toEqual([]);
    expect(JSON.stringify(document)).toContain('"$ref":"#/components/messages/tree.grown/payload/properties/data');
  });

  it('keeps messages from outside without an envelope', () => {
    const { messages } = asyncApiOf(shop, INFO).components;
    expect(messages['JS.EVENT.rest']?.['payload']).toMatchObject({ properties: { type: { type: 'string' } } });
  });

  it('of a service that is not there says which there are', () => {
    expect(() => asyncApiOf(shop, { ...INFO, service: 'sales' })).toThrow(
      'no service is called sales, must be one of orders, stock, mail',
    );
  });
});
