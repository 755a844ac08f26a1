import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { consume, declareService, defineMessage, defineRequest } from '#declare';
import { assertParts } from '#runtime/definition';
import type { Consumption } from '#runtime';

const eaten = defineMessage({ subject: 'events.a.eaten', payload: z.object({}) });
const foreign = defineMessage({ subject: 'events.b.foreign', payload: z.object({}) });
const heard = defineMessage({ subject: 'say.{user}', delivery: 'core', payload: z.object({}) });
const asked = defineRequest({ subject: 'rpc.asked', payload: z.object({}), reply: z.object({}) });
const service = declareService({ name: 'eater', env: [], consumes: [consume(eaten)], subscribes: [heard] });

function handles(message: Consumption['message']): Consumption {
  return { message, handler: () => undefined, options: {} };
}

describe('the parts of a service', () => {
  it('are refused with every message that nobody handles and every handler that nobody declared', () => {
    const parts = { handlers: {}, consumers: [handles(foreign)] };
    expect(() => assertParts(service, parts)).toThrow(
      [
        'eater consumes events.a.eaten, but no part handles it: make the parts match the declaration',
        'eater handles events.b.foreign, which is not in the declaration: make the parts match the declaration',
        'eater subscribes to say.{user}, but no part handles it: make the parts match the declaration',
      ].join('\n'),
    );
  });

  it('are refused when two handle one message', () => {
    const parts = {
      handlers: {},
      consumers: [handles(eaten), handles(eaten)],
      subscriptions: [{ message: heard, handler: () => undefined }],
    };
    expect(() => assertParts(service, parts)).toThrow('handles events.a.eaten twice');
  });

  it('are refused when a request has no responder, or one that nobody declared', () => {
    const handler = () => ({});
    const answers = declareService({ name: 'sage', env: [], responds: [asked] });
    expect(() => assertParts(answers, {})).toThrow('sage responds to rpc.asked, but no part handles it');
    const silent = declareService({ name: 'mute', env: [] });
    expect(() => assertParts(silent, { responders: [{ request: asked, handler }] })).toThrow(
      'mute handles rpc.asked, which is not in the declaration',
    );
  });
});
