/**
 * A Kubernetes for tests: a real control plane on this machine, a fake node, and the few kinds and classes that k3s has
 * besides. docs/test-cluster.md says how to use it.
 */
import { ensureClusterPrograms } from './build.ts';
import { startControlPlane } from './control-plane.ts';
import { startFakeNode } from './fake-node.ts';
import { addForeignKinds } from './foreign-kinds.ts';
import { KubeApi, type KubeAccess } from './kube-api.ts';
import type { ClusterPrograms } from './programs.ts';

/** Where a running cluster is: plain data, so that it can be given to another process. */
export interface ClusterAddress {
  /** kubeconfig of the administrator. */
  readonly kubeconfig: string;
  /** How the administrator reaches the API server without a kubeconfig. */
  readonly access: KubeAccess;
  /** Folder for files of tests; it is removed when the cluster ends. */
  readonly folder: string;
  /** Log of every request that changes something. */
  readonly auditLog: string;
  readonly programs: ClusterPrograms;
}

/** A running cluster. */
export interface Cluster {
  readonly address: ClusterAddress;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Starts a cluster, after building its programs where they are not there. */
export async function startCluster(): Promise<Cluster> {
  const programs = await ensureClusterPrograms();
  const { access, folder, kubeconfig, auditLog, tls, stop } = await startControlPlane(programs);
  try {
    const node = await startFakeNode(access, tls);
    const api = new KubeApi(access);
    await addForeignKinds(api);
    api.close();
    const stopAll = async (): Promise<void> => {
      await node.stop();
      await stop();
    };
    return { address: { access, folder, kubeconfig, auditLog, programs }, stop: stopAll };
  } catch (error) {
    await stop();
    throw error;
  }
}
