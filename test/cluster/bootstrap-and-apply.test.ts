/** The whole of dist, by the deployer with its own token. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { bootstrap, deployerKubeconfig, makeRequiredSecrets } from '#test-support/cluster/deployer-account';
import { kubectl, kubectlOutput } from '#test-support/cluster/kubectl';
import { platformFolder } from '#test-support/cluster/platform-folder';

const cluster = inject('cluster');
const WAITED_FOR = ['deployment', 'statefulset'];

interface Applied {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly resourceVersion: string; readonly generation?: number };
  readonly [field: string]: unknown;
}

describe.each([
  { title: 'client-side', namespace: 'client-side', flags: [] },
  {
    title: 'server-side with strict validation',
    namespace: 'video-service',
    flags: ['--server-side', '--validate=strict'],
  },
])('dist, applied $title by the deployer', ({ namespace, flags }) => {
  // the committed dist for its own namespace, the same from the same settings for another
  const dist = namespace === 'video-service' ? 'dist' : platformFolder(cluster, { namespace });
  const apply = ['apply', ...flags, '-f', dist];
  let kubeconfig = '';

  beforeAll(async () => {
    await bootstrap(cluster, dist, ['admission', 'k3s']);
    await makeRequiredSecrets(cluster, dist, namespace);
    kubeconfig = await deployerKubeconfig(cluster, namespace);
  });
  afterAll(async () => {
    await kubectlOutput(cluster, ['delete', 'namespace', namespace, '--wait=false']);
  });

  it('is accepted whole, without a warning', async () => {
    const { code, stderr } = await kubectl(cluster, apply, { kubeconfig });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('rolls out to the end', async () => {
    for (const kind of WAITED_FOR) {
      const names = (await kubectlOutput(cluster, ['get', kind, '-o', 'name'], { kubeconfig })).trim().split('\n');
      expect(names.length).toBeGreaterThan(2);
      for (const name of names) {
        const { code, stdout } = await kubectl(cluster, ['rollout', 'status', name, '--timeout=60s'], { kubeconfig });
        expect({ name, code }).toEqual({ name, code: 0 });
        expect(stdout).toMatch(/successfully rolled out|rolling update complete|partitioned roll out complete/);
      }
    }
  });

  it('changes nothing when it is applied again', async () => {
    const before = await versions();
    expect((await kubectl(cluster, apply, { kubeconfig })).code).toBe(0);
    expect(await versions()).toEqual(before);
  });

  /** Versions of all that is in dist, which count up with each write; of claims the content. */
  async function versions(): Promise<readonly (readonly [string, string])[]> {
    const args = ['get', '-f', dist, '-o', 'json'];
    const { items } = JSON.parse(await kubectlOutput(cluster, args, { kubeconfig })) as { items: readonly Applied[] };
    expect(items.length).toBeGreaterThan(readdirSync(dist).length);
    return items.map(({ metadata: { resourceVersion, ...metadata }, ...object }) => {
      // applied again, a claim that is not bound is written once more by the API server, with the same content
      const version =
        object.kind === 'PersistentVolumeClaim' ? JSON.stringify({ metadata, ...object }) : resourceVersion;
      return [`${object.kind}/${metadata.name}`, version];
    });
  }
});

it('the deployer may neither read nor write what is not its own', async () => {
  const asked = ['delete persistentvolumeclaims', 'create secrets', 'list secrets', 'create roles', 'patch namespaces'];
  const args = (words: string) => ['auth', 'can-i', ...words.split(' '), '-n', 'client-side', '--as', DEPLOYER];
  for (const words of asked) {
    expect({ words, answer: (await kubectl(cluster, args(words))).stdout.trim() }).toEqual({ words, answer: 'no' });
  }
});

const DEPLOYER = 'system:serviceaccount:client-side:deployer';
