/** Entry `cdk8s-nats/client`: a typed HTTP client from the contract of a service, for browsers and Node. No schema library, no server code. */
export * from '#client';
