import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { builtFolder, CLUSTER_PROGRAMS, clusterIsWanted, findClusterPrograms } from '#test-support/cluster/programs';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-assets-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function assets(name: string, programs: readonly string[]): string {
  const path = mkdtempSync(join(folder, name));
  for (const program of programs) {
    writeFileSync(join(path, program), '');
    chmodSync(join(path, program), 0o755);
  }
  return path;
}

describe('the programs of the test cluster', () => {
  it('are those of KUBEBUILDER_ASSETS', () => {
    const path = assets('whole', CLUSTER_PROGRAMS);
    expect(findClusterPrograms({ KUBEBUILDER_ASSETS: path })?.['kube-apiserver']).toBe(join(path, 'kube-apiserver'));
    expect(clusterIsWanted({ KUBEBUILDER_ASSETS: path })).toBe(true);
  });

  it('are a mistake to be told where KUBEBUILDER_ASSETS lacks some', () => {
    const path = assets('envtest', ['etcd', 'kube-apiserver', 'kubectl']);
    expect(() => findClusterPrograms({ KUBEBUILDER_ASSETS: path })).toThrow(
      /lacks kube-controller-manager, kube-scheduler .*unset it and run npm run cluster:build/,
    );
  });

  it('are not there where nobody named or built them, so the tests are skipped unless a build is asked for', () => {
    const empty = { CDK8S_NATS_CACHE: folder };
    expect(findClusterPrograms(empty)).toBeUndefined();
    expect(clusterIsWanted(empty)).toBe(false);
    expect(clusterIsWanted({ ...empty, TEST_CLUSTER: '1' })).toBe(true);
  });

  it('are built into the cache of the user, a folder for each set of versions', () => {
    expect(builtFolder({ XDG_CACHE_HOME: '/cache' })).toMatch(/^\/cache\/cdk8s-nats\/control-plane-[0-9a-f]{12}$/);
    expect(builtFolder({ CDK8S_NATS_CACHE: '/own' })).toMatch(/^\/own\/control-plane-[0-9a-f]{12}$/);
  });
});
