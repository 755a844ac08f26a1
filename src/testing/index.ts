/** The public names of `cdk8s-nats/testing`. docs/runtime/service-tests.md is its guide. */
export { startForTest, type TestOptions, type TestService } from './test-service.ts';
export type { ReceivedOptions } from './heard-messages.ts';
export type { TestMessages } from './test-nats.ts';
