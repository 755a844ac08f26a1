import type { notif } from '#catalog';
import { mediaProgress, notifApi, notify, sessionRevoked } from '#contracts';
import type { ServicePlan } from '#runtime';
import { announcer } from './live/announce.ts';
import { notifConsumers } from './consumers.ts';
import { notifHandlers } from './handlers.ts';
import { LiveHub } from './live/live-hub.ts';
import { StreamLeases } from './live/stream-leases.ts';
import { migrations } from './migrations.ts';
import type { NotifTables } from './tables.ts';

/** What notif is made of. */
export const notifPlan: ServicePlan<typeof notif, typeof notifApi, NotifTables> = {
  api: notifApi,
  migrations,
  build: (service) => {
    const { config, nats, redis } = service;
    const pingMs = config.SSE_PING_S * 1000;
    const announce = announcer(service);
    const leases = new StreamLeases(redis, { prefix: config.REDIS_PREFIX, perUser: config.SSE_MAX_PER_USER, pingMs });
    const hub = new LiveHub(service, { leases, pingMs });
    nats.onDisconnect(() => hub.messagesChanged(false));
    nats.onReconnect(() => {
      hub.messagesChanged(true);
      void hub.look();
    });
    return {
      handlers: notifHandlers(service, announce, hub),
      consumers: notifConsumers(service, announce),
      hearings: [
        service.hear(notify, ({ data }) => hub.mailboxChanged(data)),
        service.hear(mediaProgress, ({ data }) => hub.progressed(data)),
        service.hear(sessionRevoked, ({ data }) => hub.sessionsRevoked(data)),
      ],
      loops: [{ name: 'streams', everyMs: pingMs, run: async () => await hub.look() }],
    };
  },
};
