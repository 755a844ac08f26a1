import type { Request, Response } from 'express';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { callOf } from '../../../src/runtime/http/bound-call.ts';
import { createLogger } from '#runtime';

const MIB = 1024 ** 2;
const CALLS = 1000;
const WARM_UP_CALLS = 100;
/** Words that each request holds: 16 KiB. */
const HELD_WORDS = 2048;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void;

function makeCall(request: object) {
  return callOf({
    route: { method: 'get', path: '/look', access: 'public', summary: 'Looks', status: 204 },
    operation: 'look',
    parsed: { params: {}, query: undefined, body: undefined },
    session: undefined,
    userId: undefined,
    slot: undefined,
    request: request as Request,
    response: {} as Response,
    limiter: async () => Promise.reject(new Error('no limit here')),
    log: createLogger({ service: 'calls', version: '1', level: 'silent' }),
  });
}

/** Makes calls and lets go of them, with a young collection now and then. */
function makeCalls(count: number): void {
  for (let i = 0; i < count; i += 1) {
    makeCall({ held: new Array<number>(HELD_WORDS).fill(i) });
    if (i % 20 === 0) collect({ type: 'minor' });
  }
}

it('a call that is over is freed by a young collection, with its request', { retry: 0 }, () => {
  makeCalls(WARM_UP_CALLS);
  const before = process.memoryUsage().heapUsed;
  makeCalls(CALLS);
  collect({ type: 'minor' });
  expect((process.memoryUsage().heapUsed - before) / MIB).toBeLessThan(4);
});

it('a call makes its id once', () => {
  const call = makeCall({});
  expect(call.creationId).toBe(call.creationId);
});
