/** What a wait needs besides get, measured: without it, the wait runs into its time-out although the rollout is complete. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { writeKubeconfig } from '#test-support/cluster/kubeconfig';
import { kubectl, kubectlOutput } from '#test-support/cluster/kubectl';

const cluster = inject('cluster');
const NAMESPACE = 'waits';
const ACCOUNTS = { get: ['get'], 'get-list': ['get', 'list'], all: ['get', 'list', 'watch'] };
const STATUS = ['rollout', 'status', 'deployment/shop', '-n', NAMESPACE, '--timeout=4s'];

beforeAll(async () => {
  const rules = (verbs: readonly string[]) => [{ apiGroups: ['apps'], resources: ['deployments'], verbs }];
  const accounts = Object.entries(ACCOUNTS).flatMap(([name, verbs]) => account(name, rules(verbs)));
  await kubectlOutput(cluster, ['create', 'namespace', NAMESPACE]);
  await kubectlOutput(cluster, ['create', 'deployment', 'shop', '--image=registry.example/shop:1', '-n', NAMESPACE]);
  await kubectlOutput(cluster, ['apply', '-n', NAMESPACE, '-f', '-'], {
    input: { apiVersion: 'v1', kind: 'List', items: accounts },
  });
  const complete = ['wait', 'deployment/shop', '-n', NAMESPACE, '--for=condition=Available', '--timeout=60s'];
  await kubectlOutput(cluster, complete);
});
afterAll(async () => {
  await kubectlOutput(cluster, ['delete', 'namespace', NAMESPACE, '--wait=false']);
});

describe('kubectl rollout status of a complete rollout', () => {
  it('runs into its time-out without list and watch', async () => {
    const { code, stdout, stderr } = await kubectl(cluster, STATUS, { kubeconfig: await tokenOf('get') });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('Failed to watch');
    expect(stderr).toMatch(/cannot list resource .{1,2}deployments/);
    expect(stderr).toContain('timed out waiting for the condition');
  });

  it('complains without watch, since it could not have followed a rollout that goes on', async () => {
    const { stderr } = await kubectl(cluster, STATUS, { kubeconfig: await tokenOf('get-list') });
    expect(stderr).toMatch(/cannot watch resource .{1,2}deployments/);
  });

  it('ends without a complaint with get, list and watch', async () => {
    const { code, stdout, stderr } = await kubectl(cluster, STATUS, { kubeconfig: await tokenOf('all') });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'deployment "shop" successfully rolled out\n',
      stderr: '',
    });
  });
});

async function tokenOf(name: keyof typeof ACCOUNTS): Promise<string> {
  const token = (await kubectlOutput(cluster, ['create', 'token', name, '-n', NAMESPACE])).trim();
  const file = join(cluster.folder, `waits-${name}.kubeconfig`);
  writeKubeconfig(file, { ...cluster.access, token });
  return file;
}

function account(name: string, rules: readonly object[]): readonly object[] {
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name } };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
    { ...rbac, kind: 'Role', rules },
    { ...rbac, kind: 'RoleBinding', roleRef, subjects: [{ kind: 'ServiceAccount', name, namespace: NAMESPACE }] },
  ];
}
