/** The public names of `cdk8s-nats/client`. docs/runtime/http-client.md is its guide. */
export { firstOf } from './abort-signals.ts';
export { createClient, type Client } from './client.ts';
export { faceOf, pathOf, type Face } from './face.ts';
export { Refusal, Unreachable } from './refusal.ts';
export {
  createTransport,
  problemOf,
  type Answer,
  type CallArguments,
  type CallOutcome,
  type CallRequest,
  type ClientOptions,
  type Sending,
  type Transport,
} from './transport.ts';
