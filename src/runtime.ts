/** Third public entry, `cdk8s-nats/runtime`: what a service process needs. The clients of stores are optional peers. */
export * from '#runtime';
