import { describe, expect, it } from 'vitest';
import { SERVICES } from '#catalog';
import { referencesOf } from '#declare';
import { ha } from '#video-platform';
import { platformManifests, type Manifest } from '#test-support/platform-manifests';

interface EnvEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: object;
}
interface Deployment extends Manifest {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly containers: readonly {
          readonly name: string;
          readonly env: readonly EnvEntry[];
          readonly ports: readonly { readonly containerPort: number }[];
          readonly resources: object;
        }[];
      };
    };
  };
}

const { deployed, bootstrap } = platformManifests();
const names = SERVICES.map(({ name }) => name);

function deploymentOf(name: string): Deployment {
  const found = deployed.find((object) => object.kind === 'Deployment' && object.metadata.name === name);
  if (found === undefined) throw new Error(`no Deployment ${name}`);
  return found as Deployment;
}

function containerOf(name: string) {
  const container = deploymentOf(name).spec.template.spec.containers.find((one) => one.name === name);
  if (container === undefined) throw new Error(`no container ${name}`);
  return container;
}

describe('the seven services', () => {
  it('are the seven of the platform', () => {
    expect(names).toEqual(expect.arrayContaining(['auth', 'user', 'video', 'media', 'queue', 'stats', 'notif']));
  });

  it.each(names)('%s has the one frozen label and selector, and port 8000', (name) => {
    const { spec } = deploymentOf(name);
    expect(spec.selector.matchLabels).toEqual({ app: name });
    expect(spec.template.metadata.labels).toEqual({ app: name });
    expect(containerOf(name).ports.map(({ containerPort }) => containerPort)).toEqual([8000]);
    expect(spec.replicas).toBe(1);
  });

  it.each(names)('%s reaches NATS, Redis and PostgreSQL by the addresses of the platform', (name) => {
    const { env } = containerOf(name);
    const value = (variable: string) => env.find((entry) => entry.name === variable)?.value;
    expect(value('NATS_URL')).toBe('nats://nats.video-service.svc.cluster.local:4222');
    expect(value('REDIS_URL')).toBe('redis://redis.video-service.svc.cluster.local:6379');
    expect(referencesOf(value('DATABASE_URL') ?? '')).toEqual(expect.arrayContaining(['DB_USER', 'DB_PASS']));
    expect(env.find((entry) => entry.name === 'DB_PASS')?.valueFrom).toEqual({
      secretKeyRef: { name: 'video-service-secrets', key: `${name}-db-password` },
    });
  });

  it.each(names.filter((name) => name !== 'media'))('%s has the default requests and limits', (name) => {
    expect(containerOf(name).resources).toEqual({
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { cpu: '500m', memory: '512Mi' },
    });
  });

  it.each(names)('%s has each $(NAME) after what it names, so that the kubelet leaves none', (name) => {
    const { env } = containerOf(name);
    expect(env.length).toBeGreaterThanOrEqual(20);
    const seen = new Map<string, string>();
    for (const { name: variable, value } of env) {
      const expanded = (value ?? '').replace(/\$\(([^)]*)\)/g, (raw, wanted: string) => seen.get(wanted) ?? raw);
      expect(expanded, variable).not.toContain('$(');
      seen.set(variable, value === undefined ? 'from-a-reference' : expanded);
    }
  });
});

describe('what lies in dist', () => {
  it('holds no Secret and no Job', () => {
    const kinds = [...deployed, ...bootstrap].map(({ kind }) => kind);
    expect(kinds).not.toContain('Secret');
    expect(kinds).not.toContain('Job');
  });

  it('puts every object of the deployer into the one namespace', () => {
    expect(new Set(deployed.map((object) => object.metadata.namespace))).toEqual(new Set(['video-service']));
  });

  it('gives the stores a priority above all else, by a class that the administrator creates', () => {
    const classes = bootstrap.filter(({ kind }) => kind === 'PriorityClass');
    expect(classes).toMatchObject([{ metadata: { name: 'video-service-stores' }, value: 1_000_000 }]);
    const priorities = deployed.flatMap((object) => {
      const { template } = (object as Partial<Deployment>).spec ?? {};
      const pod = template?.spec as { readonly priorityClassName?: string } | undefined;
      return pod === undefined ? [] : [[object.metadata.name, pod.priorityClassName]];
    });
    const stores = ['nats', 'postgres', 'redis'].map((name) => [name, 'video-service-stores']);
    const others = [...names, 'web'].map((name) => [name, undefined]);
    expect(priorities.sort()).toEqual([...stores, ...others].sort());
  });

  it('gives the deployer what a waiting rollout needs', () => {
    const role = bootstrap.find((object) => object.kind === 'Role') as unknown as {
      rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
    };
    const may = (group: string, resource: string, verb: string) =>
      role.rules.some(
        (rule) => rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.verbs.includes(verb),
      );
    for (const verb of ['get', 'list', 'watch']) {
      expect(may('apps', 'replicasets', verb)).toBe(true);
      expect(may('', 'events', verb)).toBe(true);
    }
    expect(may('', 'secrets', 'list')).toBe(false);
  });
});

describe('the settings for several nodes', () => {
  const large = platformManifests(ha).deployed;
  const replicasOf = (name: string) =>
    (
      large.find(
        (object) => ['Deployment', 'StatefulSet'].includes(object.kind) && object.metadata.name === name,
      ) as Deployment
    ).spec.replicas;

  it('have three NATS servers and two of each service and of the web', () => {
    expect(replicasOf('nats')).toBe(3);
    expect([...names, 'web'].map(replicasOf)).toEqual([...names, 'web'].map(() => 2));
  });

  it('protect each service from a drain that takes all of it', () => {
    const budgets = large.filter(({ kind }) => kind === 'PodDisruptionBudget').map(({ metadata }) => metadata.name);
    expect(budgets).toEqual(expect.arrayContaining([...names, 'web', 'nats']));
  });
});
