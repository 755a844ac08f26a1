/** The simulated node provides volumes as k3s and EKS do: this is what makes tests see a claim that nothing uses. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { kubectlOutput } from '#test-support/cluster/kubectl';

const cluster = inject('cluster');
const NAMESPACE = 'volumes';

beforeAll(async () => {
  await kubectlOutput(cluster, ['create', 'namespace', NAMESPACE]);
});
afterAll(async () => {
  await kubectlOutput(cluster, ['delete', 'namespace', NAMESPACE, '--wait=false']);
});

it('binds a claim when a pod that uses it is scheduled, and no other', async () => {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const claims = ['used', 'idle'].map((name) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec,
  }));
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'user' },
    spec: {
      containers: [{ name: 'main', image: 'registry.example/sample:1' }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'used' } }],
    },
  };
  const input = { apiVersion: 'v1', kind: 'List', items: [...claims, pod] };
  await kubectlOutput(cluster, ['apply', '-n', NAMESPACE, '-f', '-'], { input });
  await kubectlOutput(cluster, ['wait', 'pod/user', '-n', NAMESPACE, '--for=condition=Ready', '--timeout=60s']);
  const phases = [
    'get',
    'pvc',
    '-n',
    NAMESPACE,
    '-o',
    'jsonpath={range .items[*]}{.metadata.name}={.status.phase} {end}',
  ];
  expect(await kubectlOutput(cluster, phases)).toBe('idle=Pending used=Bound ');
});
