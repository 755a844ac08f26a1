import { expect, test } from 'vitest';
import { eventParser, type ServerSentEvent } from '../../../web/src/api/index.ts';

function parse(pieces: readonly string[], lastEventId = '') {
  const events: ServerSentEvent[] = [];
  const retries: number[] = [];
  const take = eventParser(lastEventId, { event: (event) => events.push(event), retry: (ms) => retries.push(ms) });
  pieces.forEach(take);
  return { events, retries };
}

test('reads an event that comes in pieces', () => {
  const { events } = parse(['eve', 'nt: hello\nda', 'ta: {"a":', '1}\n', '\n']);
  expect(events).toEqual([{ name: 'hello', data: '{"a":1}', lastEventId: '' }]);
});

test('reads line ends of all three kinds, split between their halves too', () => {
  const { events } = parse(['data: a\r', '\n\r\ndata: b\r\rdata: c\n\n']);
  expect(events.map(({ data }) => data)).toEqual(['a', 'b', 'c']);
});

test('keeps the last id for events that have none', () => {
  const { events } = parse(['id: 7\ndata: a\n\ndata: b\n\n'], '6');
  expect(events.map(({ lastEventId }) => lastEventId)).toEqual(['7', '7']);
});

test('joins lines of data and drops comments and events without data', () => {
  const { events } = parse([': ping\n\nevent: empty\n\ndata: a\ndata:b\n\n']);
  expect(events).toEqual([{ name: 'message', data: 'a\nb', lastEventId: '' }]);
});

test('tells the pause that the server asks for, and no other text', () => {
  expect(parse(['retry: 2500\nretry: soon\n\n']).retries).toEqual([2500]);
});
