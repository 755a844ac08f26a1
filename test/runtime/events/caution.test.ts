import { describe, expect, it } from 'vitest';
import { Caution } from '../../../src/runtime/events/caution.ts';

const ALL = Number.POSITIVE_INFINITY;
const LONG_MS = 60_000;

function after(unacknowledged: number): Caution {
  const caution = new Caution(LONG_MS);
  caution.begin(unacknowledged);
  return caution;
}

describe('a consumer that starts', () => {
  it('takes all it can when every delivery was acknowledged, also what comes again', () => {
    const caution = after(0);
    expect([caution.batch, caution.limit]).toEqual([ALL, ALL]);
    caution.received(1, 3);
    expect([caution.batch, caution.limit]).toEqual([ALL, ALL]);
  });

  it('pulls one at a time when some were not, and works on new ones side by side', () => {
    const caution = after(5);
    caution.received(6, 1);
    expect([caution.batch, caution.limit]).toEqual([1, ALL]);
  });

  it('pulls nothing beside one that was delivered before', () => {
    const caution = after(5);
    const ended = caution.received(1, 2);
    expect(caution.limit).toBe(1);
    ended(false);
    expect(caution.limit).toBe(ALL);
  });

  it('does not suspect what it gave back itself', () => {
    const caution = after(5);
    caution.received(6, 1)(true);
    caution.received(6, 2);
    expect(caution.limit).toBe(ALL);
  });

  it('is careful for a little longer than an acknowledgement may take', () => {
    const caution = new Caution(-1);
    caution.begin(5);
    expect(caution.batch).toBe(ALL);
  });
});
