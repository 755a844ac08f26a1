import type { Request, Response } from 'express';
import { expect, it } from 'vitest';
import { callOf } from '../../../src/runtime/http/bound-call.ts';
import { createLogger } from '#runtime';
import { keptByYoungCollections } from '#test-support/young-collections';

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

it('a call that is over is freed by a young collection, with its request', { retry: 0 }, () => {
  expect(keptByYoungCollections(makeCall)).toBeLessThan(4);
});

it('a call makes its id once', () => {
  const call = makeCall({});
  expect(call.creationId).toBe(call.creationId);
});
