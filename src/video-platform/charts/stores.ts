import { Chart, type App } from 'cdk8s';
import { platformSecret, SERVICES, topology } from '#catalog';
import { NatsServer, Postgres, Redis } from '#cdk8s-nats';
import type { PlatformSettings } from '../settings/platform-settings.ts';
import { storePriorityName } from './bootstrap.ts';

/** Pods of one service that may run at once while it is rolled: those that serve, and the new one. */
const SURGE = 1;

/** NATS, PostgreSQL and Redis, a chart each. */
export function storeCharts(app: App, settings: PlatformSettings): void {
  const { namespace, imagePullSecrets } = settings;
  const storageClass = settings.storageClass === undefined ? {} : { storageClass: settings.storageClass };
  const common = { ...storageClass, imagePullSecrets, priorityClassName: storePriorityName(namespace) };
  const chart = (id: string) => new Chart(app, id, { namespace });
  new NatsServer(chart('10-nats'), 'nats', {
    topology,
    replicas: settings.nats.replicas,
    routesPassword: platformSecret('nats-route-password'),
    storage: settings.nats.storage,
    ...common,
  });
  new Postgres(chart('11-postgres'), 'postgres', {
    services: SERVICES,
    database: 'video',
    storage: settings.postgres.storage,
    ...common,
    instancesPerService: settings.replicas + SURGE,
    ...(settings.postgres.backup
      ? { backup: { password: platformSecret('database-backup-password'), ...storageClass } }
      : {}),
  });
  new Redis(chart('12-redis'), 'redis', {
    services: SERVICES,
    storage: settings.redis.storage,
    ...common,
  });
}
