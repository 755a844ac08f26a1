/**
 * The variables that every service of the platform has. They stand as a person would write them, what matters first and
 * its parts below it; the library puts each after what it names.
 */
import { Env } from '#declare';
import { platformSecret } from './secrets.ts';
import type { ServiceName } from './service-name.ts';

/** Milliseconds from SIGTERM until the process ends by itself: drain of HTTP, consumers, NATS, Redis and PostgreSQL. */
const SHUTDOWN_GRACE_MS = 25_000;

/** Variables of every service: who it is, how it serves, and where its stores are. */
export function platformEnv(service: ServiceName) {
  return [
    Env.value('SERVICE_NAME', service),
    Env.field('POD_NAME', 'metadata.name'),
    Env.field('POD_NAMESPACE', 'metadata.namespace'),
    Env.value('NODE_ENV', 'production'),
    Env.given('APP_VERSION'),
    Env.given('LOG_LEVEL', { fallback: 'info' }),
    Env.given('PUBLIC_ORIGIN', { parse: readOrigin }),
    Env.value('COOKIE_NAME', '__Host-sid'),
    Env.value('TRUST_PROXY_HOPS', 1),
    Env.value('RATE_LIMIT', 600),
    Env.value('RATE_WINDOW_S', 60),
    Env.value('START_DEADLINE_S', 60),
    Env.value('SHUTDOWN_GRACE_MS', SHUTDOWN_GRACE_MS),

    Env.value(
      'DATABASE_URL',
      'postgresql://$(DB_USER):$(DB_PASS)@$(DB_HOST):$(DB_PORT)/$(DB_NAME)?application_name=$(SERVICE_NAME)',
    ),
    Env.value('DB_HOST', 'postgres'),
    Env.value('DB_PORT', 5432),
    Env.value('DB_NAME', 'video'),
    Env.value('DB_USER', '$(SERVICE_NAME)'),
    Env.secret('DB_PASS', platformSecret(`${service}-db-password`)),
    Env.value('DB_SCHEMA', '$(SERVICE_NAME)'),
    Env.value('DB_POOL_MAX', 10),
    Env.value('OUTBOX_POLL_MS', 1000),

    Env.value('NATS_URL', 'nats://nats.video-service.svc.cluster.local:4222'),
    Env.value('NATS_USER', '$(SERVICE_NAME)'),
    Env.secret('NATS_PASSWORD', platformSecret(`${service}-nats-password`)),
    Env.value('NATS_CLIENT_NAME', '$(SERVICE_NAME).$(POD_NAMESPACE).$(POD_NAME)'),
    Env.value('NATS_INBOX_PREFIX', '_INBOX_$(SERVICE_NAME)'),

    Env.value('REDIS_URL', 'redis://redis.video-service.svc.cluster.local:6379'),
    Env.value('REDIS_USER', '$(SERVICE_NAME)'),
    Env.secret('REDIS_PASSWORD', platformSecret(`${service}-redis-password`)),
    Env.value('REDIS_PREFIX', '$(SERVICE_NAME):'),
  ] as const;
}

/** Reads an origin such as `https://video.example.org`: scheme and host, no path. */
function readOrigin(text: string): string {
  if (!URL.canParse(text) || new URL(text).origin !== text) {
    throw new Error('must be an origin such as https://video.example.org, without a path or a slash at the end');
  }
  return text;
}
