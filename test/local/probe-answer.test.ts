import { expect, it } from 'vitest';
import { reasonOf } from '../../src/local/probe-answer.ts';

const dependency = (up: boolean, detail?: string) => ({
  up,
  required: false,
  ...(detail === undefined ? {} : { detail }),
});

it.each([
  ['a problem', { type: 'about:blank', title: 'Unavailable', detail: 'the stream is full' }, 'the stream is full'],
  ['a title alone', { title: 'Unavailable' }, 'Unavailable'],
  ['a start', { ready: false, phase: 'starting', dependencies: {}, stuck: [] }, 'starting'],
  [
    'stores that are away',
    {
      ready: false,
      phase: 'ready',
      dependencies: {
        nats: dependency(false, 'no answer within 1500 ms'),
        redis: dependency(true),
        disk: dependency(false),
      },
      stuck: ['outbox'],
    },
    'nats: no answer within 1500 ms; disk is away; stuck: outbox',
  ],
  ['nothing that says why', { a: 1, dependencies: { b: null } }, ''],
])('reads %s', (_, answer, expected) => {
  expect(reasonOf(JSON.stringify(answer))).toBe(expected);
});

it('takes the first line of a text', () => {
  expect(reasonOf('  no instance\nof it\n')).toBe('no instance');
});

it('shows no JSON that is cut off, and none that is no object', () => {
  expect(reasonOf('{"ready":false,"dependen')).toBe('');
  expect(reasonOf('[1, 2]')).toBe('');
});
