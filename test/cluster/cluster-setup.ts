/** One cluster for all files of the project; where its programs are neither there nor asked for, one line says so. */
import type { TestProject } from 'vitest/node';
import { startCluster, type ClusterAddress } from '#test-support/cluster/cluster';
import { clusterIsWanted } from '#test-support/cluster/programs';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The cluster that the tests of this project share. */
    cluster: ClusterAddress;
  }
}

export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!clusterIsWanted()) {
    process.stderr.write(
      '\nSKIPPED: all tests on a real API server, as its programs are not there: set KUBEBUILDER_ASSETS, or TEST_CLUSTER=1 to build them (docs/test-cluster.md)\n\n',
    );
    return undefined;
  }
  const cluster = await startCluster();
  project.provide('cluster', cluster.address);
  return cluster.stop;
}
