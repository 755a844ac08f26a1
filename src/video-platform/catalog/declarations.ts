/** THE list of the services: the declaration of each. */
export * from './auth.ts';
export * from './media.ts';
export * from './notif.ts';
export * from './queue.ts';
export * from './stats.ts';
export * from './user.ts';
export * from './video.ts';
