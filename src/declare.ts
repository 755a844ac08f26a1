/** Second public entry, `cdk8s-nats/declare`: what a service needs to declare itself and to read its declaration at run time. */
export * from '#env';
export * from '#http';
export * from '#messaging';
