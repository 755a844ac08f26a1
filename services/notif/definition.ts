import type { notif } from '#catalog';
import { mediaProgress, notifApi, notify, sessionRevoked } from '#contracts';
import type { ServicePlan } from '#runtime';
import { consumers } from './consumers.ts';
import { handlers } from './handlers.ts';
import { announcer } from './live/announce.ts';
import { LiveHub } from './live/live-hub.ts';
import { StreamLeases } from './live/stream-leases.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './tables.ts';

/** Wires notif: its API, migrations, handlers, consumers and live streams. */
export const definition: ServicePlan<typeof notif, typeof notifApi, Tables> = {
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
      handlers: handlers(service, announce, hub),
      consumers: consumers(service, announce),
      hearings: [
        service.hear(notify, ({ data }) => hub.mailboxChanged(data)),
        service.hear(mediaProgress, ({ data }) => hub.progressed(data)),
        service.hear(sessionRevoked, ({ data }) => hub.sessionsRevoked(data)),
      ],
      loops: [{ name: 'streams', everyMs: pingMs, run: async () => await hub.look() }],
    };
  },
};
