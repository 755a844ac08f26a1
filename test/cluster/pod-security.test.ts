/** A pod that `restricted` refuses is found before the apply: the server is silent about a Deployment, but for a warning. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { bootstrap } from '#test-support/cluster/deployer-account';
import { kubectl, kubectlOutput } from '#test-support/cluster/kubectl';
import { platformFolder } from '#test-support/cluster/platform-folder';
import { eventually } from '#test-support/eventually';

const cluster = inject('cluster');
const NAMESPACE = 'pod-security';
const labels = { app: 'careless' };
const careless = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'careless', namespace: NAMESPACE },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'careless', image: 'registry.example/careless:1' }] },
    },
  },
};

beforeAll(async () => {
  await bootstrap(cluster, platformFolder(cluster, { namespace: NAMESPACE }));
});
afterAll(async () => {
  await kubectlOutput(cluster, ['delete', 'namespace', NAMESPACE, '--wait=false']);
});

it('a trial of the apply warns, and names what is missing', async () => {
  const args = ['apply', '--server-side', '--dry-run=server', '-f', '-'];
  const { code, stderr } = await kubectl(cluster, args, { input: careless });
  expect(code).toBe(0);
  expect(stderr).toContain('Warning: would violate PodSecurity "restricted:latest"');
  expect(stderr).toContain('container "careless" must set securityContext.allowPrivilegeEscalation=false');
});

it('the apply itself succeeds, and no pod ever comes', async () => {
  const { code } = await kubectl(cluster, ['apply', '--server-side', '-f', '-'], { input: careless });
  expect(code).toBe(0);
  await eventually(async () => {
    const path = 'jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].message}';
    const args = ['get', 'deployment', 'careless', '-n', NAMESPACE, '-o', path];
    expect(await kubectlOutput(cluster, args)).toContain('violates PodSecurity "restricted:latest"');
  }, 30_000);
  expect(await kubectlOutput(cluster, ['get', 'pods', '-n', NAMESPACE, '-o', 'name'])).toBe('');
});
