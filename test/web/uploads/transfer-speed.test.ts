import { expect, test } from 'vitest';
import { speedMeter } from '../../../web/src/uploads/transfer-speed.ts';

test('has nothing to tell at first, then the speed', () => {
  const meter = speedMeter();
  expect(meter.measure(0, 0)).toBeUndefined();
  expect(meter.measure(100, 100)).toBeUndefined();
  expect(meter.measure(1000, 1000)).toBe(1000);
});

test('forgets what is long ago', () => {
  const meter = speedMeter();
  for (let second = 0; second <= 10; second += 1) meter.measure(second * 1000, second * 1000);
  let speed: number | undefined;
  for (let second = 11; second <= 20; second += 1) speed = meter.measure(10_000 + (second - 10) * 10, second * 1000);
  expect(speed).toBeCloseTo(10);
});

test('starts anew when bytes are sent a second time', () => {
  const meter = speedMeter();
  meter.measure(0, 0);
  meter.measure(5000, 1000);
  expect(meter.measure(1000, 2000)).toBeUndefined();
  expect(meter.measure(2000, 3000)).toBe(1000);
});
