import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  decodeMessage,
  defineMessage,
  encodeEnvelope,
  envelopeOf,
  MessageError,
  messageIdOf,
  parseData,
  parseEnvelope,
  type DataOf,
  type Envelope,
  type Message,
} from '#messaging';

const uploaded = defineMessage({
  subject: 'events.media.uploaded',
  version: 2,
  payload: z.object({ videoId: z.string().min(3), bytes: z.number() }),
});
const advisory = defineMessage({
  subject: '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{stream}.{consumer}',
  external: true,
  payload: z.object({ stream: z.string() }),
});
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const props = {
  id: '7',
  time: new Date('2026-01-31T12:00:00.000Z'),
  source: 'media',
  subject: 'v-1',
  data: { videoId: 'v-1', bytes: 3 },
} satisfies Parameters<typeof envelopeOf<typeof uploaded>>[1];

const onTheWire: Envelope = {
  ...{ id: '7', type: 'events.media.uploaded', time: '2026-01-31T12:00:00.000Z', source: 'media', subject: 'v-1' },
  ...{ version: 2, data: { videoId: 'v-1', bytes: 3 } },
};

describe('an envelope that is made', () => {
  test('carries who, what, when and about what', () => {
    expect(envelopeOf(uploaded, { ...props, traceparent: TRACE })).toEqual({ ...onTheWire, traceparent: TRACE });
  });

  test('is read back as it was', () => {
    const made = envelopeOf(uploaded, props);
    expect(decodeMessage(uploaded, encodeEnvelope(made))).toEqual({ envelope: made, data: props.data });
  });

  test('leaves behind what the schema does not know', () => {
    const data = { ...props.data, email: 'a@example.org' };
    expect(envelopeOf(uploaded, { ...props, data }).data).toEqual(props.data);
  });

  test.each(['nonsense', `ff${TRACE.slice(2)}`, TRACE.replace(/[^-]/g, '0')])(
    'leaves out the trace %j',
    (traceparent) => {
      expect(envelopeOf(uploaded, { ...props, traceparent })).not.toHaveProperty('traceparent');
    },
  );

  test('refuses data that is not what the schema says, with every issue', () => {
    const error = refusalOf(() => envelopeOf(uploaded, { ...props, data: { videoId: 'v', bytes: 'x' } as never }));
    expect(error.part).toBe('data');
    expect(error.issues.map(({ path }) => path)).toEqual(['data.videoId', 'data.bytes']);
  });

  test('refuses an empty id and an invalid time at once', () => {
    const error = refusalOf(() => envelopeOf(uploaded, { ...props, id: '', time: new Date(Number.NaN) }));
    expect(error.issues.map(({ path }) => path)).toEqual(['id', 'time']);
  });

  test('is not made for an external message', () => {
    expect(() => envelopeOf(advisory, { ...props, data: { stream: 'JOBS' } })).toThrow(
      /is external and has no envelope/,
    );
  });
});

describe('an envelope that is read', () => {
  test('names every field that is missing or wrong', () => {
    const error = refusalOf(() => parseEnvelope(uploaded, { id: 3, time: 'yesterday', version: 0 }));
    expect(error.part).toBe('envelope');
    expect(error.message).toBe(
      'message events.media.uploaded: id: is 3, must be a non-empty string; ' +
        'type: is missing, must be a non-empty string; source: is missing, must be a non-empty string; ' +
        'subject: is missing, must be a non-empty string; ' +
        'time: is "yesterday", must be a UTC timestamp, such as 2026-01-31T12:00:00.000Z; ' +
        'version: is 0, must be an integer of at least 1',
    );
  });

  test.each([null, [], 'text', 4])('is no envelope when it is %j', (value) => {
    expect(refusalOf(() => parseEnvelope(uploaded, value)).part).toBe('envelope');
  });

  test('is refused when it is of another type', () => {
    const error = refusalOf(() => parseEnvelope(uploaded, { ...onTheWire, type: 'events.media.failed' }));
    expect([error.part, error.message]).toEqual([
      'type',
      'message events.media.uploaded: type: is "events.media.failed", must be events.media.uploaded',
    ]);
  });

  test('is refused when its version is newer than the reader, and left to the schema when it is older', () => {
    expect(refusalOf(() => parseEnvelope(uploaded, { ...onTheWire, version: 3 })).part).toBe('version');
    expect(parseEnvelope(uploaded, { ...onTheWire, version: 1 }).version).toBe(1);
  });

  test('may come from a newer publisher with fields that are unknown here', () => {
    expect(parseEnvelope(uploaded, { ...onTheWire, tenant: 'x', traceparent: 'nonsense' })).toEqual(onTheWire);
  });

  test('of a message with parameters is of the pattern', () => {
    const notice = defineMessage({ subject: 'notice.{user}', delivery: 'core', payload: z.object({}) });
    const made = envelopeOf(notice, { ...props, data: {} });
    expect(parseEnvelope(notice, made).type).toBe('notice.{user}');
  });
});

describe('bytes', () => {
  test.each([
    ['no JSON', new TextEncoder().encode('{"id":')],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['nothing', new Uint8Array()],
  ])('that hold %s are refused with their cause', (_, bytes) => {
    const error = refusalOf(() => decodeMessage(uploaded, bytes));
    expect([error.part, error.cause instanceof Error]).toEqual(['json', true]);
  });

  test('of an external message are its data', () => {
    const bytes = new TextEncoder().encode('{"stream":"JOBS","domain":"x"}');
    expect(decodeMessage(advisory, bytes)).toEqual({ envelope: undefined, data: { stream: 'JOBS' } });
  });
});

test('a schema that answers later is an error of the declaration, not of the message', () => {
  const late = defineMessage({ subject: 'a.b', payload: z.string().refine((text) => Promise.resolve(text !== '')) });
  expect(() => parseData(late, 'x')).toThrow(/message a\.b: its schema validates asynchronously, must be synchronous/);
  expect(thrownBy(() => parseData(late, 'x'))).not.toBeInstanceOf(MessageError);
});

test('a schema may be of any library that follows Standard Schema', () => {
  const payload: Message<'a.b', number>['payload'] = {
    '~standard': {
      version: 1,
      vendor: 'own',
      validate: (value) =>
        typeof value === 'number' ? { value } : { issues: [{ message: 'no number', path: [{ key: 'n' }] }] },
    },
  };
  const message = defineMessage({ subject: 'a.b', payload });
  const data: DataOf<typeof message> = parseData(message, 4);
  expect(data).toBe(4);
  expect(refusalOf(() => parseData(message, '4')).message).toBe('message a.b: data.n: no number');
});

test('the id for the stream carries the source once', () => {
  expect(messageIdOf({ id: 'job:1:run:2', source: 'queue' })).toBe('queue:job:1:run:2');
  expect(messageIdOf({ id: 'queue:job:1:run:2', source: 'queue' })).toBe('queue:job:1:run:2');
});

function refusalOf(act: () => unknown): MessageError {
  const error = thrownBy(act);
  if (error instanceof MessageError) return error;
  throw new Error(`no MessageError but ${String(error)}`);
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}
