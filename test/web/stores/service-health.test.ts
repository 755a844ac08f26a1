import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, test } from 'vitest';
import type { Problem } from '#contracts';
import { Refusal, reportOutcome, Unreachable } from '../../../web/src/api/index.ts';
import { useServiceHealth } from '../../../web/src/stores/service-health.ts';
import { problem } from '../support/origin.ts';

const refused = (service: string, status: number, code: string, extra: object = {}) =>
  reportOutcome({ service, error: new Refusal(service, problem(status, code, { ...extra }) as Problem) });

let health: ReturnType<typeof useServiceHealth>;
beforeEach(() => {
  setActivePinia(createPinia());
  health = useServiceHealth();
});

test('names each thing that is away, once', () => {
  refused('stats', 503, 'unavailable', { dependency: 'redis' });
  refused('stats', 503, 'unavailable', { dependency: 'redis' });
  reportOutcome({ service: 'video', error: new Unreachable('video', false, undefined) });
  expect(health.missing).toEqual(['view counts', 'the video catalogue']);
});

test('forgets what answers again', () => {
  refused('stats', 503, 'unavailable');
  reportOutcome({ service: 'stats' });
  expect(health.missing).toEqual([]);
});

test('a refusal that is the caller’s own shows that the service works', () => {
  refused('user', 503, 'unavailable');
  refused('user', 422, 'invalid');
  expect(health.missing).toEqual([]);
});

test('blames no service for a browser that is offline, nor for a limit or a fault of its own', () => {
  reportOutcome({ service: 'video', error: new Unreachable('video', true, undefined) });
  refused('auth', 429, 'rate_limited');
  refused('auth', 500, 'internal');
  expect(health.missing).toEqual([]);
});
