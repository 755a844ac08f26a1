/** Entry `cdk8s-nats/testing`: starts one service on real stores for a test. The clients of stores are optional peers. */
export * from '#testing';
