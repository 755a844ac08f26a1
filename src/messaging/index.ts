export * from './consumer.ts';
export * from './message.ts';
export * from './service.ts';
export * from './stream.ts';
export * from './subject.ts';
