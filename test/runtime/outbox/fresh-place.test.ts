import { expect, it } from 'vitest';
import { FreshPlace } from '#runtime/outbox/fresh-place';
import { ScanPlace } from '#runtime/outbox/scan-place';

it('begins where nothing older can appear, above the place of the scan', () => {
  const place = new FreshPlace();
  expect(place.begin(new ScanPlace(), 900, 100)).toBe(900);
});

it('begins as soon as the database tells what is safe, also when nothing was at first', () => {
  const [place, scan] = [new FreshPlace(), new ScanPlace()];
  expect(place.begin(scan, 0, 100)).toBeUndefined();
  expect(place.begin(scan, 900, 200)).toBe(900);
});

it('starts again above a scan that has overtaken it', () => {
  const [place, scan] = [new FreshPlace(), new ScanPlace()];
  expect(place.begin(scan, 400, 100)).toBe(400);
  scan.begin(900);
  scan.read(500, 900);
  expect(place.begin(scan, 900, 200)).toBe(900);
});

it('reads again from where it began when the scan is set back: what it had read may be forgotten', () => {
  const [place, scan] = [new FreshPlace(), new ScanPlace()];
  expect(place.begin(scan, 400, 100)).toBe(400);
  place.read(700, 900);
  expect(place.begin(scan, 900, 200)).toBe(700);
  scan.rewind(0);
  expect(place.begin(scan, 950, 300)).toBe(400);
});

it('begins at the new place after it has ended', () => {
  const [place, scan] = [new FreshPlace(), new ScanPlace()];
  expect(place.begin(scan, 400, 100)).toBe(400);
  place.end();
  scan.rewind(0);
  expect(place.begin(scan, 950, 300)).toBe(950);
});

it('leaves an aggregate whose older messages are too many or too large to the backlog for a moment', () => {
  const place = new FreshPlace();
  place.begin(new ScanPlace(), 900, 100);
  const many = Array.from({ length: place.mostOlder + 1 });
  expect([place.mayPull('few', [1]), place.mayPull('many', many), place.mayPull('large', [])]).toEqual([
    true,
    false,
    false,
  ]);
  expect(place.pullable(['few', 'many', 'large'])).toEqual(['few']);
});

it('rests for a while where looking beside the backlog took too long', () => {
  const place = new FreshPlace();
  place.rest(100);
  expect(place.begin(new ScanPlace(), 900, 30_000)).toBeUndefined();
  expect(place.begin(new ScanPlace(), 900, 30_200)).toBe(900);
});
