import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { firstOf } from '../../src/client/abort-signals.ts';

const { any } = AbortSignal;
afterEach(() => void Reflect.set(AbortSignal, 'any', any));

describe.each([
  ['with AbortSignal.any', any],
  ['without it, as in Firefox 115', undefined],
])('%s', (_, given) => {
  beforeEach(() => void Reflect.set(AbortSignal, 'any', given));

  test('is aborted by the first of the signals, with its reason', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const signal = firstOf([one.signal, other.signal]);
    expect(signal.aborted).toBe(false);
    other.abort('enough');
    one.abort('too late');
    expect(signal).toMatchObject({ aborted: true, reason: 'enough' });
  });

  test('is aborted at once by one that is', () => {
    const done = new AbortController();
    done.abort();
    expect(firstOf([new AbortController().signal, done.signal]).aborted).toBe(true);
  });

  test('of no signal is never aborted', () => {
    expect(firstOf([]).aborted).toBe(false);
  });
});
