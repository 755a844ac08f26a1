/** One cluster for all files of the project; where it is neither named nor asked for, one line says how to get it. */
import type { TestProject } from 'vitest/node';
import { startCluster, type ClusterAddress } from '#test-support/cluster/cluster';
import { whyNoCluster } from '#test-support/cluster/programs';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The cluster that the tests of this project share. */
    cluster: ClusterAddress;
  }
}

export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const reason = whyNoCluster();
  if (reason !== undefined) {
    process.stderr.write(
      `\nSKIPPED: all tests on a real API server: ${reason}; npm run test:cluster runs them, and builds what they need (docs/test-cluster.md)\n\n`,
    );
    return undefined;
  }
  const cluster = await startCluster();
  project.provide('cluster', cluster.address);
  return cluster.stop;
}
