/**
 * Declarations as AsyncAPI 3, so that services in other languages, catalogs and code generators can read them. Channels are
 * subjects, operations are what services declare.
 *
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
import { durableName } from './consumer.ts';
import { jsonSchemaOf } from './json-schema.ts';
import type { Message } from './message.ts';
import { queueGroup, type NatsRequest } from './request.ts';
import type { ServiceDeclaration } from './service.ts';
import { parametersOf } from './subject.ts';
import { streamOf, type Topology } from './topology.ts';

type Json = Readonly<Record<string, unknown>>;

const MESSAGES_PLACE = '#/components/messages/';

/** What an AsyncAPI document says of itself. */
export interface AsyncApiOptions {
  /** Title of the document, such as the name of the application. */
  readonly title: string;
  /** Version of the application, not of AsyncAPI. */
  readonly version: string;
  /** Name of one service: the document holds its operations alone. @default - those of all services */
  readonly service?: string;
}

/** An AsyncAPI 3 document. */
export interface AsyncApiDocument {
  /** Version of AsyncAPI. */
  readonly asyncapi: '3.0.0';
  /** Title and version of the application. */
  readonly info: Json;
  /** Content type of every message. */
  readonly defaultContentType: string;
  /** Subjects by name. */
  readonly channels: Readonly<Record<string, Json>>;
  /** What services send, receive, request and answer, by name. */
  readonly operations: Readonly<Record<string, Json>>;
  /** Messages by name, with the schemas of their payloads. */
  readonly components: { readonly messages: Readonly<Record<string, Json>> };
}

/** A subject with what it carries. */
interface Channel {
  readonly key: string;
  /** Null for answers, which go to the inbox of the one that asked. */
  readonly address: string | null;
  readonly message: Json;
}

/**
 * Describes the messages and requests of services. Payloads are those on the wire: the data in its envelope, or alone for
 * messages from outside. They have a schema where the payload's library writes JSON Schema, as zod 4 does.
 *
 * @example
 * await writeFile('asyncapi.json', JSON.stringify(asyncApiOf(topology, { title: 'shop', version: '1.0.0' })));
 *
 * @throws Error when no service has the name that is asked for.
 */
export function asyncApiOf(topology: Topology, { title, version, service }: AsyncApiOptions): AsyncApiDocument {
  const services = topology.services.filter(({ name }) => service === undefined || name === service);
  if (service !== undefined && services.length === 0) {
    const names = topology.services.map(({ name }) => name).join(', ');
    throw new Error(`no service is called ${service}, must be one of ${names || 'none: the topology has no services'}`);
  }
  const channels = new Map<string, Channel>();
  const operations = Object.fromEntries(services.flatMap((one) => operationsOf(one, topology, channels)));
  const all = [...channels.values()];
  return {
    asyncapi: '3.0.0',
    info: { title, version },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(all.map((channel) => [channel.key, channelOf(channel)])),
    operations,
    components: { messages: Object.fromEntries(all.map(({ key, message }) => [key, message])) },
  };
}

function operationsOf(service: ServiceDeclaration, topology: Topology, channels: Map<string, Channel>) {
  const { name, publishes, consumes, subscribes, responds, requests } = service;
  const tags = [{ name }];
  const operation = (action: 'send' | 'receive', channel: Channel, more: Json = {}): [string, Json] => [
    `${name}.${action}.${channel.key}`,
    { action, channel: reference('channels', channel.key), messages: [messageIn(channel)], tags, ...more },
  ];
  const onChannel = (message: Message): Channel => messageChannel(message, channels);
  return [
    ...publishes.map((message) => operation('send', onChannel(message), streamNote(message, topology))),
    ...consumes.map((consumer) =>
      operation('receive', onChannel(consumer.message), {
        'x-jetstream': {
          stream: streamOf(consumer.message, topology)?.name,
          durable: durableName(name, consumer),
          ackWaitSeconds: consumer.policy.ackWaitSeconds,
          maxDeliver: consumer.policy.maxDeliver,
        },
      }),
    ),
    ...subscribes.map((message) => operation('receive', onChannel(message))),
    ...responds.map((request) =>
      operation('receive', requestChannel(request, channels), {
        bindings: { nats: { queue: queueGroup(service), bindingVersion: '0.1.0' } },
        reply: replyOf(request, channels),
      }),
    ),
    ...requests.map((request) =>
      operation('send', requestChannel(request, channels), { reply: replyOf(request, channels) }),
    ),
  ];
}

function streamNote(message: Message, topology: Topology): Json {
  const stream = streamOf(message, topology);
  return stream === undefined ? {} : { 'x-jetstream': { stream: stream.name } };
}

function messageChannel(message: Message, channels: Map<string, Channel>): Channel {
  const { subject, payload, external } = message;
  return channelFor(subject, subject, channels, (place) =>
    external
      ? jsonSchemaOf(payload, 'output', place)
      : envelopeSchema(message, jsonSchemaOf(payload, 'output', `${place}/properties/data`)),
  );
}

function requestChannel({ subject, payload }: NatsRequest, channels: Map<string, Channel>): Channel {
  return channelFor(subject, subject, channels, (place) => jsonSchemaOf(payload, 'output', place));
}

function replyOf({ subject, reply }: NatsRequest, channels: Map<string, Channel>): Json {
  const channel = channelFor(`${subject} reply`, null, channels, (place) => jsonSchemaOf(reply, 'output', place));
  return {
    address: { location: '$message.header#/reply', description: 'reply subject of the NATS message' },
    channel: reference('channels', channel.key),
    messages: [messageIn(channel)],
  };
}

/**
 * The channel of a name, made when it is first asked for. Two subjects may be alike apart from signs that a key cannot have.
 * `payloadAt` makes the payload's schema for its place in the document.
 */
function channelFor(
  name: string,
  address: string | null,
  channels: Map<string, Channel>,
  payloadAt: (place: string) => Json,
): Channel {
  const known = channels.get(name);
  if (known !== undefined) return known;
  const tokens = name.replaceAll('>', 'rest').split('.');
  const plain = tokens.map((token) => token.match(/[A-Za-z0-9_-]+/g)?.join('-') ?? '').join('.');
  const keys = new Set([...channels.values()].map(({ key }) => key));
  let key = plain;
  for (let n = 2; keys.has(key); n += 1) key = `${plain}-${n}`;
  const channel = { key, address, message: { name, payload: payloadAt(`${MESSAGES_PLACE}${key}/payload`) } };
  channels.set(name, channel);
  return channel;
}

function channelOf({ key, address }: Channel): Json {
  const parameters = parametersOf(address ?? '').map((name) => [name, { description: 'one token of the subject' }]);
  return {
    address,
    messages: { [key]: { $ref: `${MESSAGES_PLACE}${key}` } },
    ...(parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters) as Json }),
  };
}

function reference(place: string, key: string): Json {
  return { $ref: `#/${place}/${key}` };
}

function messageIn({ key }: Channel): Json {
  return { $ref: `#/channels/${key}/messages/${key}` };
}

/** JSON Schema of an envelope; see `Envelope`. */
function envelopeSchema({ subject, version }: Message, data: Json): Json {
  return {
    type: 'object',
    required: ['id', 'type', 'time', 'source', 'subject', 'version', 'data'],
    properties: {
      id: { type: 'string', description: 'unique among all that its source publishes' },
      type: { const: subject, description: 'subject pattern of the declaration' },
      time: { type: 'string', format: 'date-time', description: 'when it happened, in UTC' },
      source: { type: 'string', description: 'service that published it' },
      subject: { type: 'string', description: 'id of the aggregate that it is about' },
      version: { type: 'integer', minimum: 1, maximum: version, description: 'version of the shape of data' },
      traceparent: { type: 'string', description: 'W3C trace context of its cause' },
      tracestate: { type: 'string', description: 'W3C state of the tracing systems on the way' },
      data,
    },
  };
}
