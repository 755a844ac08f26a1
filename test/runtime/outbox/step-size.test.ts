import { expect, it } from 'vitest';
import { StepSize } from '#runtime/outbox/step-size';

const USUAL = { rows: 500, bytes: 4_000_000, reach: 100_000 };
const QUICK = 10;

function failed(times: number): StepSize {
  const size = new StepSize(USUAL);
  for (let n = 0; n < times; n += 1) size.failed();
  return size;
}

it('asks for less after each failure, down to one message', () => {
  expect(failed(1)).toMatchObject({ rows: 125, bytes: 1_000_000, reach: 25_000 });
  expect(failed(20)).toMatchObject({ rows: 1, bytes: 1, reach: 1000 });
});

it('asks for as much as usual again once that goes quickly, and not while it is slow', () => {
  const size = failed(2);
  size.succeeded(900, { reachedAll: false });
  expect(size).toMatchObject({ rows: 31, bytes: 250_000, reach: 6250 });
  for (let n = 0; n < 10; n += 1) size.succeeded(QUICK, { reachedAll: false });
  expect(size).toMatchObject(USUAL);
});

it('reaches further while it finds nothing quickly, and no further than usual after a failure', () => {
  const size = new StepSize(USUAL);
  for (let n = 0; n < 3; n += 1) size.succeeded(QUICK, { reachedAll: true });
  expect(size.reach).toBe(800_000);
  size.succeeded(2000, { reachedAll: true });
  expect(size.reach).toBe(400_000);
  size.failed();
  expect(size.reach).toBe(25_000);
});

it('takes on more messages than usual where it is asked to, unless it failed', () => {
  const size = new StepSize(USUAL);
  size.wantRows(1000);
  expect(size.rows).toBe(1000);
  size.wantRows(500);
  expect(size.rows).toBe(500);
  size.failed();
  size.wantRows(1000);
  expect(size.rows).toBe(125);
});
