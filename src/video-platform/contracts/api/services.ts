/** THE list of the services: the API of each, with its messages. What is made for each API or message walks this list. */
export * from './auth.ts';
export * from './media.ts';
export * from './notif.ts';
export * from './queue.ts';
export * from './stats.ts';
export * from './user.ts';
export * from './video.ts';
