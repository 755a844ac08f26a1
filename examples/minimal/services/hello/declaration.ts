/** What hello is. The charts and its process import this file. */
import { declareService, Env, runtimeEnv } from 'cdk8s-nats/declare';

/** The service. To give it a store, name it in runtimeEnv: docs/runtime.md of cdk8s-nats. */
export const hello = declareService({
  name: 'hello',
  route: '/api/hello',
  env: [...runtimeEnv('hello', {}), Env.value('GREETING', 'hello, world')],
});
