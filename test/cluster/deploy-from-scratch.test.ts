/** `npm run deploy` as a process, by the deployer with its own token, against a real API server with real controllers. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { changedFolder } from '#test-support/cluster/changed-folder';
import { asAdministrator, deploy as runDeploy } from '#test-support/cluster/deploy-command';
import { startEdge, type StandInEdge } from '#test-support/cluster/stand-in-edge';
import { bootstrap, generateRequiredSecrets } from '#test-support/cluster/deployer-account';
import { FAULT_TAGS } from '#test-support/cluster/container-outcome';
import { kubectlOutput } from '#test-support/cluster/kubectl';
import { platformFolder } from '#test-support/cluster/platform-folder';

const cluster = inject('cluster');
const namespace = 'deploying';
const SERVICES = ['auth', 'user', 'video', 'media', 'queue', 'stats', 'notif'];
const VERSION = '0.1.0';

let dist = '';
let kubeconfig = '';
let edge: StandInEdge;

beforeAll(async () => {
  dist = platformFolder(cluster, { namespace });
  kubeconfig = join(cluster.folder, 'deploying.kubeconfig');
  edge = await startEdge(new Map(SERVICES.map((service) => [service, VERSION])));
});
afterAll(async () => {
  await edge.close();
  await kubectlOutput(cluster, ['delete', 'namespace', namespace, '--wait=false']);
});

async function deploy(folder: string, ...args: readonly string[]) {
  return await runDeploy(cluster, kubeconfig, ['--dist', folder, '--url', edge.url, '--timeout', '90s', ...args]);
}

async function admin(...args: readonly string[]): Promise<string> {
  return await kubectlOutput(cluster, [...args, '--namespace', namespace]);
}

async function imageOf(deployment: string): Promise<string> {
  return await admin('get', `deployment/${deployment}`, '-o', 'jsonpath={.spec.template.spec.containers[0].image}');
}

interface Container {
  image: string;
  env: { name: string; value?: string; valueFrom?: { secretKeyRef?: { key: string } } }[];
  securityContext: Record<string, unknown>;
}

/** Changes the container of the Deployment among a file's objects. */
function inContainer(change: (container: Container) => void) {
  return (object: Record<string, unknown>) => {
    if (object['kind'] !== 'Deployment') return;
    const { spec } = object as { spec: { template: { spec: { containers: [Container] } } } };
    change(spec.template.spec.containers[0]);
  };
}

function withTag(tag: string) {
  return inContainer((container) => {
    container.image = container.image.replace(/:[^:]*$/, `:${tag}`);
  });
}

describe('before the first deployment', () => {
  it('tells an administrator that the namespace is missing', async () => {
    const run = await runDeploy(cluster, cluster.kubeconfig, ['--dist', dist]);
    expect(run.faults.map(({ object }) => object)).toContain(`Namespace/${namespace}`);
    expect(run.code).toBe(3);
  });

  it('makes a kubeconfig of the deployer that its owner alone may read', async () => {
    await bootstrap(cluster, dist, ['admission', 'k3s']);
    const args = ['--namespace', namespace, '--out', kubeconfig];
    await asAdministrator(cluster, 'deploy/deploy-kubeconfig.ts', args);
    expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
    const whoAmI = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];
    expect(await kubectlOutput(cluster, whoAmI, { kubeconfig })).toBe(`system:serviceaccount:${namespace}:deployer`);
  });

  it('names each Secret that is missing, and the command that makes it', async () => {
    const run = await deploy(dist);
    expect(run.faults.map(({ object, reason }) => `${object} ${reason}`).sort()).toEqual([
      'Secret/registry-credentials missing-secret',
      'Secret/video-service-secrets missing-secret',
      'Secret/video-tls missing-secret',
    ]);
    expect(run.faults[0]?.next).toContain('npx cdk8s-nats secrets generate --apply');
    expect(run.code).toBe(3);
  });

  it('names a key that is missing, and shows no value', async () => {
    await generateRequiredSecrets(cluster, dist);
    const patch = JSON.stringify([{ op: 'remove', path: '/data/stats-viewer-salt' }]);
    const secret = ['secret', 'video-service-secrets'];
    const others = await admin('get', ...secret, '-o', 'jsonpath={.data.auth-db-password}');
    await admin('patch', ...secret, '--type=json', '-p', patch);
    const run = await deploy(dist);
    expect(run.faults).toMatchObject([
      {
        object: 'Secret/video-service-secrets',
        reason: 'missing-key',
        message: expect.stringContaining('stats-viewer-salt') as string,
      },
    ]);
    expect(JSON.stringify(run.lines)).not.toContain(others);
    expect(JSON.stringify(run.lines)).not.toContain(Buffer.from(others, 'base64').toString());
  });

  it('is satisfied when the command has made what is missing; then changes nothing in a dry run, and tells what would be', async () => {
    await generateRequiredSecrets(cluster, dist);
    const run = await deploy(dist, '--dry-run');
    expect(run.code).toBe(0);
    expect(run.lines.filter(({ change }) => change === 'created').length).toBeGreaterThan(50);
    expect(await admin('get', 'deployments', '-o', 'name')).toBe('');
  });
});

describe('a deployment', () => {
  it('is applied, waited for and checked', async () => {
    const run = await deploy(dist);
    expect(run.faults).toEqual([]);
    expect(run.code).toBe(0);
    const ready = run.lines.filter(
      ({ step, event, text }) => step === 'wait' && event === 'progress' && text?.startsWith('1 of 1'),
    );
    expect(new Set(ready.map(({ object }) => object)).size).toBe(11);
    expect(
      run.lines.filter(({ step, text }) => step === 'checks' && text === `answers with version ${VERSION}`),
    ).toHaveLength(7);
  });

  it('finds nothing to change when it is done again', async () => {
    const run = await deploy(dist);
    expect({ code: run.code, faults: run.faults }).toEqual({ code: 0, faults: [] });
    const changes = run.lines.filter(({ event, step }) => event === 'object' && step === 'apply');
    expect(changes.length).toBeGreaterThan(50);
    expect(changes.filter(({ change }) => change !== 'unchanged')).toEqual([]);
  });

  it('fails when another version still answers behind the edge', async () => {
    edge.versions.set('auth', '0.0.9');
    const run = await deploy(dist, '--timeout', '20s');
    edge.versions.set('auth', VERSION);
    expect(run.faults).toMatchObject([{ object: 'Deployment/auth', reason: 'wrong-version' }]);
    expect(run.faults[0]?.message).toMatch(/version 0\.0\.9 .*, but 0\.1\.0 was deployed/);
    expect(run.code).toBe(6);
  });
});

describe('what would fail is found before anything is changed', () => {
  it('a right that is missing, with the step that needs it', async () => {
    const role = JSON.parse(await admin('get', 'role', 'deployer', '-o', 'json')) as {
      rules: { resources: string[]; verbs: string[] }[];
    };
    const less = role.rules.map((rule) =>
      rule.resources.includes('pods') ? { ...rule, verbs: ['get', 'list'] } : rule,
    );
    await admin('patch', 'role', 'deployer', '--type=merge', '-p', JSON.stringify({ rules: less }));
    const run = await deploy(dist);
    await admin('patch', 'role', 'deployer', '--type=merge', '-p', JSON.stringify({ rules: role.rules }));
    expect(run.faults).toMatchObject([
      { object: 'events', reason: 'missing-right' },
      {
        object: 'pods',
        reason: 'missing-right',
        message: expect.stringMatching(/may not watch it, but the wait for the rollout/) as string,
      },
    ]);
    expect(run.code).toBe(3);
  });

  it('pods that PodSecurity would refuse, for which a Deployment has only a warning', async () => {
    const insecure = inContainer((container) => {
      container.securityContext = { ...container.securityContext, allowPrivilegeEscalation: true };
    });
    const run = await deploy(changedFolder(cluster, dist, { '20-auth.yaml': insecure }));
    expect(run.faults).toMatchObject([{ object: 'Deployment/auth', reason: 'pod-security' }]);
    expect(run.code).toBe(3);
  });

  it('a field that nobody knows, and one that never changes, both at once', async () => {
    const folder = changedFolder(cluster, dist, {
      '20-auth.yaml': (object) => {
        if (object['kind'] === 'Service') Object.assign(object['spec'] as object, { prots: [] });
      },
      '21-user.yaml': (object) => {
        if (object['kind'] !== 'Deployment') return;
        const spec = object['spec'] as { selector: object; template: { metadata: { labels: object } } };
        spec.selector = { matchLabels: { app: 'user', tier: 'x' } };
        spec.template.metadata.labels = { app: 'user', tier: 'x' };
      },
    });
    const run = await deploy(folder);
    expect(run.faults.map(({ object, reason }) => `${object} ${reason}`)).toEqual([
      'Service/auth unknown-field',
      'Deployment/user immutable-field',
    ]);
    expect(run.code).toBe(3);
  });

  it('a field that somebody else has set, with the name of the manager; it is taken over only when asked', async () => {
    await admin('set', 'env', 'deployment/auth', 'LOG_LEVEL=debug', '--field-manager=somebody');
    const run = await deploy(dist);
    expect(run.faults).toMatchObject([{ object: 'Deployment/auth', reason: 'conflict' }]);
    expect(run.faults[0]?.message).toContain('"somebody"');
    expect(run.code).toBe(3);
    expect((await deploy(dist, '--force-conflicts')).code).toBe(0);
  });
});

describe('a roll-out that will not end by itself is ended before its time, with its cause', () => {
  it('an image that cannot be pulled; undone, the previous state runs again', async () => {
    const image = await imageOf('auth');
    const run = await deploy(
      changedFolder(cluster, dist, { '20-auth.yaml': withTag(FAULT_TAGS.unpullable) }),
      '--undo-on-failure',
    );
    expect(run.faults).toMatchObject([{ object: 'Deployment/auth', reason: 'ImagePullBackOff' }]);
    expect(run.faults[0]?.next).toContain('describe pod auth-');
    expect(run.lines.at(-1)?.text).toContain('the previous state runs again');
    expect(run.code).toBe(5);
    expect(await imageOf('auth')).toBe(image);
    expect((await deploy(dist, '--dry-run')).lines.filter(({ change }) => change === 'changed')).toEqual([]);
  });

  it('a container that is never ready, at the end of the time', async () => {
    const folder = changedFolder(cluster, dist, { '25-stats.yaml': withTag(FAULT_TAGS.unready) });
    const run = await deploy(folder, '--timeout', '25s');
    expect(run.faults).toMatchObject([{ object: 'Deployment/stats', reason: 'timeout' }]);
    expect(run.code).toBe(5);
    expect((await deploy(dist)).code).toBe(0);
  });
});

describe('what others do', () => {
  it('an addition that does no harm is told', async () => {
    await addVariables('intruder', [{ name: 'EXTRA', value: 'x' }]);
    const run = await deploy(dist);
    await addVariables('intruder', []);
    expect(run.lines.map(({ text }) => text)).toContainEqual(expect.stringMatching(/EXTRA is not in dist.*"intruder"/));
    expect(run.code).toBe(0);
  });

  it('an addition that breaks the order fails, with the name of the manager', async () => {
    await addVariables('intruder', [
      { name: 'REGION_HOST', value: 'db.$(REGION)' },
      { name: 'REGION', value: 'north' },
    ]);
    const run = await deploy(dist);
    await addVariables('intruder', []);
    expect(run.faults).toMatchObject([{ step: 'checks', object: 'Deployment/auth' }]);
    expect(run.faults[0]?.message).toMatch(/REGION(.|\n)*"intruder"/);
    expect(run.code).toBe(6);
  });

  async function addVariables(manager: string, env: readonly object[]): Promise<void> {
    const template = { spec: { containers: [{ name: 'auth', env }] } };
    const input = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'auth', namespace },
      spec: { template },
    };
    await kubectlOutput(cluster, ['apply', '--server-side', `--field-manager=${manager}`, '-f', '-'], { input });
  }
});

describe('what dist no longer has', () => {
  it('is listed, stays, and goes only when asked; claims stay even then', async () => {
    const less = changedFolder(cluster, dist, { '23-media.yaml': undefined });
    const outcomes = (run: Awaited<ReturnType<typeof deploy>>) =>
      run.lines.filter(({ event }) => event === 'leftover').map(({ object, outcome }) => `${object} ${outcome}`);
    const listed = await deploy(less);
    const claim = outcomes(listed).find((line) => line.startsWith('PersistentVolumeClaim/'));
    expect(outcomes(listed).sort()).toEqual([
      'Deployment/media found',
      'NetworkPolicy/media found',
      claim,
      'Service/media found',
      'ServiceAccount/media found',
    ]);
    expect(claim).toMatch(/ kept$/);
    expect(await admin('get', 'deployment', 'media', '-o', 'name')).toContain('media');

    const pruned = await deploy(less, '--prune');
    expect(pruned.code).toBe(0);
    expect(outcomes(pruned).filter((line) => line.endsWith(' deleted'))).toHaveLength(4);
    expect((await admin('get', 'deployments,pvc', '-o', 'name')).split('\n')).toEqual(
      expect.not.arrayContaining(['deployment.apps/media']),
    );
    expect(await admin('get', 'pvc', '-o', 'name')).toContain('media');
    expect(outcomes(await deploy(less, '--dry-run'))).toEqual([claim]);
  });
});

it('its kubeconfig holds no credential of the administrator', () => {
  expect(readFileSync(kubeconfig, 'utf8')).not.toContain(cluster.access.token);
});
