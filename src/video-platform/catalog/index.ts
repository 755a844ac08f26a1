export * from './job-policy.ts';
export * from './platform-env.ts';
export * from './platform-service.ts';
export * from './redis-keys.ts';
export * from './rendition-ladder.ts';
export * from './secrets.ts';
export * from './services.ts';
export * from './topology.ts';
