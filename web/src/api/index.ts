export { firstOf } from '#client';
export * from './call.ts';
export * from './event-stream.ts';
export * from './face.ts';
export * from './queries.ts';
export * from './refusal.ts';
