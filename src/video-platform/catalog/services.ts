import { auth } from './auth.ts';
import { media } from './media.ts';
import { notif } from './notif.ts';
import { queue } from './queue.ts';
import { stats } from './stats.ts';
import { user } from './user.ts';
import { video } from './video.ts';

/** Declarations of the seven services; what is made for each service is made by walking it. */
export const SERVICES = [auth, user, video, media, queue, stats, notif] as const;

export { auth, media, notif, queue, stats, user, video };
