export * from './api/index.ts';
export * from './identifier.ts';
export * from './messages.ts';
export * from './notification.ts';
export * from './streams.ts';
export * from './upload-ticket.ts';
