/** Faces of the services as the client knows them at run time; their types, and nothing but those, come from the contracts. */
import type { Face } from '#client';
import type { APIS, ServiceName } from '#contracts';
import { faces } from 'virtual:contract-faces';

export { pathOf, type Face } from '#client';
export type { ServiceName };

type Contract<Name extends ServiceName> = (typeof APIS)[Name];

/** Accounts and sessions. */
export const authApi: Face<Contract<'auth'>> = faces.auth;
/** Profiles, follows, settings, history. */
export const userApi: Face<Contract<'user'>> = faces.user;
/** The catalogue, likes, comments. */
export const videoApi: Face<Contract<'video'>> = faces.video;
/** Bytes of videos. */
export const mediaApi: Face<Contract<'media'>> = faces.media;
/** Jobs and dead letters. */
export const queueApi: Face<Contract<'queue'>> = faces.queue;
/** Views, watch time, trending. */
export const statsApi: Face<Contract<'stats'>> = faces.stats;
/** The inbox and the live stream. */
export const notifApi: Face<Contract<'notif'>> = faces.notif;
