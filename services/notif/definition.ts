import { notif } from '#catalog';
import { mediaProgress, notifApi, notify, sessionRevoked } from '#contracts';
import { definePlatformService } from '#services/platform';
import { consumers } from './consumers.ts';
import { handlers } from './handlers.ts';
import { announcer } from './live/announce.ts';
import { LiveHub } from './live/live-hub.ts';
import { StreamLeases } from './live/stream-leases.ts';
import { migrations } from './migrations.ts';
import type { Service } from './service.ts';

/** Wires notif: its API, migrations, handlers, consumers and live streams. */
export const definition = definePlatformService(notif, {
  api: notifApi,
  migrations,
  context: (service) => ({ announce: announcer(service), hub: openHub(service) }),
  handlers: (service, { announce, hub }) => handlers(service, announce, hub),
  consumers: (service, { announce }) => consumers(service, announce),
  subscriptions: ({ subscription }, { hub }) => [
    subscription(notify, ({ data }) => hub.mailboxChanged(data)),
    subscription(mediaProgress, ({ data }) => hub.progressed(data)),
    subscription(sessionRevoked, ({ data }) => hub.sessionsRevoked(data)),
  ],
  loops: ({ config }, { hub }) => [
    { name: 'streams', everyMs: config.SSE_PING_S * 1000, run: async () => await hub.look() },
  ],
});

function openHub(service: Service): LiveHub {
  const { config, nats, redis } = service;
  const pingMs = config.SSE_PING_S * 1000;
  const leases = new StreamLeases(redis, { prefix: config.REDIS_PREFIX, perUser: config.SSE_MAX_PER_USER, pingMs });
  const hub = new LiveHub(service, { leases, pingMs });
  nats.onDisconnect(() => hub.messagesChanged(false));
  nats.onReconnect(() => {
    hub.messagesChanged(true);
    void hub.look();
  });
  return hub;
}
