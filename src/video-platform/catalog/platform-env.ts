/**
 * The variables that every service of the platform has. They stand as a person would write them, what matters first and
 * its parts below it; the library puts each after what it names.
 */
import type { ServiceName } from '#contracts';
import { runtimeEnv } from '#declare';
import { platformSecret } from './secrets.ts';

/** Variables of every service: who it is, how it serves, and where its stores are. */
export function platformEnv(service: ServiceName) {
  return runtimeEnv(service, {
    browser: {},
    rateLimit: { requests: 600, windowSeconds: 60 },
    database: { name: 'video', password: platformSecret(`${service}-db-password`) },
    nats: {
      url: 'nats://nats.video-service.svc.cluster.local:4222',
      password: platformSecret(`${service}-nats-password`),
    },
    redis: {
      url: 'redis://redis.video-service.svc.cluster.local:6379',
      password: platformSecret(`${service}-redis-password`),
    },
  });
}
