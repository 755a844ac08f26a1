import { expect, it } from 'vitest';
import { ScanPlace } from '#runtime/outbox/scan-place';

it('moves its floor with full pages, and to what is safe at the end', () => {
  const place = new ScanPlace();
  place.begin(1200);
  place.read(500, 1200);
  expect([place.floor, place.at]).toEqual([500, 500]);
  place.begin(1200);
  place.read(Number.POSITIVE_INFINITY, 1200);
  expect([place.floor, place.at]).toEqual([1200, 1200]);
});

it('never moves its floor above what was safe when the pass began', () => {
  const place = new ScanPlace();
  place.begin(100);
  place.read(500, 100);
  expect([place.floor, place.at]).toEqual([100, 500]);
  // meanwhile all of it became safe, but what appeared behind the place was not read
  place.begin(900);
  place.read(900, 900);
  expect([place.floor, place.at]).toEqual([100, 100]);
});

it('begins again where it is set back to, and tells those who read meanwhile', () => {
  const place = new ScanPlace();
  place.begin(900);
  place.read(500, 900);
  place.rewind(41);
  expect([place.floor, place.at, place.turn]).toEqual([41, 41, 1]);
});
