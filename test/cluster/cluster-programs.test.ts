import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { builtFolder, CLUSTER_PROGRAMS, findClusterPrograms, whyNoCluster } from '#test-support/cluster/programs';

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
  });

  it('are a mistake to be told where KUBEBUILDER_ASSETS lacks some', () => {
    const env = { KUBEBUILDER_ASSETS: assets('envtest', ['etcd', 'kube-apiserver', 'kubectl']) };
    expect(() => findClusterPrograms(env)).toThrow(
      /lacks kube-controller-manager, kube-scheduler .*unset it and run npm run test:cluster/,
    );
  });

  it('are not there where nobody named or built them', () => {
    expect(findClusterPrograms({ CDK8S_NATS_CACHE: folder })).toBeUndefined();
  });

  it('are built into the cache of the user, a folder for each set of versions', () => {
    expect(builtFolder({ XDG_CACHE_HOME: '/cache' })).toMatch(/^\/cache\/cdk8s-nats\/control-plane-[0-9a-f]{12}$/);
    expect(builtFolder({ CDK8S_NATS_CACHE: '/own' })).toMatch(/^\/own\/control-plane-[0-9a-f]{12}$/);
  });
});

describe('the tests on the cluster', () => {
  it('run where KUBEBUILDER_ASSETS names all programs', () => {
    expect(whyNoCluster({ KUBEBUILDER_ASSETS: assets('whole', CLUSTER_PROGRAMS) })).toBeUndefined();
  });

  it('run where TEST_CLUSTER=1 asks for them, whatever is there', () => {
    const envtest = assets('envtest', ['etcd', 'kube-apiserver', 'kubectl']);
    expect(whyNoCluster({ TEST_CLUSTER: '1', CDK8S_NATS_CACHE: folder })).toBeUndefined();
    expect(whyNoCluster({ TEST_CLUSTER: '1', KUBEBUILDER_ASSETS: envtest })).toBeUndefined();
  });

  it('are skipped where KUBEBUILDER_ASSETS is of another project, naming what it lacks', () => {
    const envtest = assets('envtest', ['etcd', 'kube-apiserver', 'kubectl']);
    expect(whyNoCluster({ KUBEBUILDER_ASSETS: envtest })).toMatch(/lacks kube-controller-manager, kube-scheduler/);
  });

  it('are skipped where nobody asks for them, even if programs were once built', () => {
    const cache = mkdtempSync(join(folder, 'cache'));
    const built = builtFolder({ CDK8S_NATS_CACHE: cache });
    cpSync(assets('whole', CLUSTER_PROGRAMS), built, { recursive: true });
    expect(findClusterPrograms({ CDK8S_NATS_CACHE: cache })?.etcd).toBe(join(built, 'etcd'));
    expect(whyNoCluster({ CDK8S_NATS_CACHE: cache })).toMatch(/neither KUBEBUILDER_ASSETS nor TEST_CLUSTER=1/);
  });
});
