import { beforeEach, expect, it, vi } from 'vitest';
import { assertInstalled } from '../../../src/local/servers/program.ts';
import { present } from './present-programs.ts';

vi.mock('node:fs', async (original) => await (await import('./present-programs.ts')).fsOfPresent(original));

beforeEach(() => {
  present.length = 0;
});

it('says nothing about programs that are there', () => {
  present.push('postgres', 'nats-server');
  expect(() => assertInstalled(['postgres', 'nats-server'])).not.toThrow();
});

it('names all programs that are missing, and the two ways to get them', () => {
  present.push('postgres');
  expect(() => assertInstalled(['postgres', 'redis-server', 'nats-server'])).toThrow(
    'redis-server, nats-server: not installed: put each on PATH (Debian: apt-get install redis-server nats-server), or run with --install',
  );
});

it('names the way of its caller to have them installed', () => {
  expect(() => assertInstalled(['nats-server'], 'set install: true')).toThrow(
    'nats-server: not installed: put each on PATH (Debian: apt-get install nats-server), or set install: true',
  );
});
