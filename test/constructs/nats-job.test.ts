import { Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  addManifestChecks,
  Deployer,
  NatsCronJob,
  NatsJob,
  NatsMicroservice,
  NatsServer,
  Postgres,
  Redis,
  requiredSecrets,
} from '#constructs';
import type { NatsCronJobProps, NatsJobProps } from '#constructs';
import { Env } from '#declare';
import type { RawEnv } from '#declare';
import { look, rendered } from '#test-support/rendered';
import { faultsOf } from '#test-support/store-chart';
import { orders, screen, mail, shop, SHOP_SERVICES } from '#test-support/shop-topology';

const IMAGE = 'registry.example/shop/orders:1.4.2';

function job(props: Partial<NatsJobProps> = {}): NatsJob {
  const chart = new Chart(Testing.app(), 'test', { namespace: 'shop' });
  return new NatsJob(chart, 'backfill', { ...orders, image: IMAGE, ...props });
}

function cronJob(props: Partial<NatsCronJobProps> = {}) {
  return rendered((chart) => {
    new NatsCronJob(chart, 'report', { ...orders, image: IMAGE, schedule: '0 3 * * *', ...props });
  });
}

describe('NatsJob', () => {
  it('runs as the service of its declaration, with the variables of the service in their order', () => {
    const service = rendered((chart) => {
      new NatsMicroservice(chart, 'orders', { ...orders, image: IMAGE });
    });
    const { env, name, declaration } = job();
    expect([name, declaration.name]).toEqual(['orders-backfill', 'orders']);
    const ofService = service.object('Deployment/orders').along(['spec', 'template', 'spec', 'containers', 0, 'env']);
    expect(env).toEqual(ofService.value as RawEnv[]);
  });

  it('runs once to completion: no probe, no port, no pause, no restart, and it is deleted after a week', () => {
    const { spec } = job({ command: ['node', 'backfill.js'] }).job.toJson() as {
      readonly spec: { readonly template: { readonly spec: Record<string, unknown> } };
    };
    expect(spec).toMatchObject({ backoffLimit: 3, ttlSecondsAfterFinished: 604_800 });
    expect(spec.template.spec).toMatchObject({ restartPolicy: 'Never', serviceAccountName: 'orders-backfill' });
    const [container = {}] = spec.template.spec['containers'] as Record<string, unknown>[];
    expect(container['resources']).toMatchObject({ limits: { cpu: '500m', memory: '512Mi' } });
    for (const absent of ['ports', 'startupProbe', 'readinessProbe', 'livenessProbe', 'lifecycle']) {
      expect(container, absent).not.toHaveProperty(absent);
    }
  });

  it('has another name when a patch changes its template, which cannot be changed', () => {
    const value = '/srv';
    const patched = job({
      patch: [{ op: 'add', path: '/spec/template/spec/containers/name=orders-backfill/workingDir', value }],
    });
    expect(patched.job.name).toMatch(/^orders-backfill-[0-9a-f]{8}$/);
    expect(patched.job.name).not.toBe(job().job.name);
  });

  it('has a name that changes with its content and with nothing else', () => {
    const name = (props: Partial<NatsJobProps>): string => job(props).job.name;
    expect(name({})).toMatch(/^orders-backfill-[0-9a-f]{8}$/);
    expect(name({})).toBe(name({}));
    const others = [{ image: 'registry.example/shop/orders:1.4.3' }, { args: ['--all'] }, { backoffLimit: 0 }];
    expect(new Set([{}, ...others].map(name)).size).toBe(4);
    expect(name({ labels: { team: 'shop' } })).toBe(name({}));
  });

  it('keeps its template when a ConfigMap that it reads changes, since a template cannot be changed', () => {
    const volumes = [{ name: 'rules', mountPath: '/rules', configMap: 'rules' }];
    const { spec } = job({ volumes }).job.toJson() as { spec: { template: { metadata: object } } };
    expect(spec.template.metadata).toEqual({ labels: { app: 'orders-backfill' } });
  });

  it.each<[string, Partial<NatsJobProps>, string]>([
    ['half a retry', { backoffLimit: 0.5 }, 'backoffLimit is 0.5'],
    ['no completion', { completions: 0 }, 'completions is 0'],
    ['a name that leaves no room for the hash', { name: 'o'.repeat(50) }, 'at most 54'],
    ['a label app of its own', { pod: { labels: { app: 'x' } } }, 'labels.app is x'],
    [
      'a patch that takes a limit',
      {
        patch: [{ op: 'remove', path: '/spec/template/spec/containers/0/resources/limits/memory' }],
      },
      'has no memory limit',
    ],
    [
      'a patch of another kind',
      { patch: [{ kind: 'Deployment', op: 'remove', path: '/spec' }] },
      'is for the Deployment',
    ],
  ])('is refused for %s', (_, props, message) => {
    expect(faultsOf(() => job(props)).join('\n')).toContain(message);
  });
});

describe('NatsCronJob', () => {
  it('starts at its times, one run at a time', () => {
    const spec = cronJob({ timeZone: 'Europe/Berlin', activeDeadlineSeconds: 600 })
      .object('CronJob/orders-report')
      .at('spec');
    expect(spec.at('schedule').text).toBe('0 3 * * *');
    expect(spec.at('timeZone').text).toBe('Europe/Berlin');
    expect(spec.at('concurrencyPolicy').text).toBe('Forbid');
    expect(spec.at('jobTemplate', 'spec', 'activeDeadlineSeconds').number).toBe(600);
    expect(spec.along(['jobTemplate', 'spec', 'template', 'spec', 'restartPolicy']).text).toBe('Never');
  });

  it('is patched by default', () => {
    const { object } = cronJob({
      patch: [{ op: 'add', path: '/spec/jobTemplate/metadata', value: { labels: { a: 'b' } } }],
    });
    expect(object('CronJob/orders-report').along(['spec', 'jobTemplate', 'metadata', 'labels', 'a']).text).toBe('b');
  });

  it.each<[string, Partial<NatsCronJobProps>, string]>([
    ['a schedule of six fields', { schedule: '0 0 3 * * *' }, 'has 6 fields, must have five'],
    ['a time zone in the schedule', { schedule: 'TZ=UTC 0 3 * * *' }, 'set timeZone instead'],
    ['half a job that is kept', { failedJobsHistoryLimit: 0.5 }, 'failedJobsHistoryLimit is 0.5'],
  ])('is refused for %s', (_, props, message) => {
    expect(faultsOf(() => cronJob(props)).join('\n')).toContain(message);
  });
});

describe('the jobs of a service', () => {
  const app = Testing.app();
  const chart = new Chart(app, 'shop', { namespace: 'shop', disableResourceNameHashes: true });
  const bootstrap = new Chart(app, 'bootstrap', { namespace: 'shop', disableResourceNameHashes: true });
  const deployer = new Deployer(bootstrap, 'deployer', { tool: 'kubectl-server-side', deploys: [chart] });
  addManifestChecks(chart);
  new NatsServer(chart, 'nats', { topology: shop });
  new Redis(chart, 'redis', { services: SHOP_SERVICES });
  new Postgres(chart, 'postgres', { services: SHOP_SERVICES, database: 'shop' });
  const env = [...mail.env, Env.value('DB_NAME', 'shop')];
  new NatsMicroservice(chart, 'mail-room', { ...mail, env, image: IMAGE });
  const listening = { redisUrl: false, databaseUrl: false } as const;
  new NatsMicroservice(chart, 'screen', { ...screen, ...listening, image: IMAGE });
  new NatsMicroservice(chart, 'orders', { ...orders, image: IMAGE });
  new NatsJob(chart, 'backfill', { ...orders, image: IMAGE });
  new NatsCronJob(chart, 'report', { ...orders, image: IMAGE, schedule: '0 3 * * *' });
  const manifests = Testing.synth(chart) as unknown[];

  it('are let in by every store and may reach each, so no check finds a fault', () => {
    // Testing.synth has run the checks; what they would say without the rule is the other half of the claim
    const { object } = look(manifests);
    for (const store of ['nats', 'redis', 'postgres']) {
      const from = object(`NetworkPolicy/${store}`).along(['spec', 'ingress', 0, 'from']);
      const apps = from.items.map((peer) => peer.at('podSelector', 'matchLabels', 'app').text);
      expect(apps, store).toEqual(expect.arrayContaining(['orders', 'orders-backfill', 'orders-report']));
    }
  });

  it('are no endpoints of its Service', () => {
    const { object } = look(manifests);
    expect(object('Service/orders').at('spec', 'selector').value).toEqual({ app: 'orders' });
    const labels = object('CronJob/orders-report').along([
      'spec',
      'jobTemplate',
      'spec',
      'template',
      'metadata',
      'labels',
    ]);
    expect(labels.value).toEqual({ app: 'orders-report' });
  });

  it('are in the rights of the deployer, which waits for a Job', () => {
    const batch = deployer.rights().filter(({ apiGroups }) => apiGroups.includes('batch'));
    expect(batch).toEqual([
      { apiGroups: ['batch'], resources: ['cronjobs'], verbs: ['get', 'create', 'patch'] },
      { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'list', 'watch', 'create', 'patch'] },
    ]);
  });

  it('read the Secrets of the list', () => {
    const [secret] = requiredSecrets(manifests);
    const readers = secret?.keys.find(({ key }) => key === 'orders-db')?.readers ?? [];
    expect(readers.join(' ')).toContain('CronJob/orders-report');
  });
});
