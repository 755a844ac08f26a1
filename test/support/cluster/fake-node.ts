/**
 * A node without containers: it takes the pods that the scheduler gives it and says of each what a kubelet would say, and
 * it makes a volume for each claim. What is to go wrong is asked for by the tag of an image (see container-outcome.ts);
 * what a pod mentions and is not there goes wrong by itself.
 */
import { keepVolumes } from './fake-volumes.ts';
import { KubeApi, type KubeAccess } from './kube-api.ts';
import { startKubeletServer } from './kubelet-server.ts';
import { PodKeeper } from './pod-keeper.ts';
import type { Pod } from './pod.ts';

/** A running fake node. */
export interface FakeNode {
  /** Takes it away: its pods stay as they are. */
  stop(): Promise<void>;
}

const NAME = 'fake-node';
const ROOM = { cpu: '64', memory: '256Gi', 'ephemeral-storage': '500Gi', pods: '500' };

/** Registers the node and follows its pods; `tls` is what the API server takes from it when it asks for logs. */
export async function startFakeNode(access: KubeAccess, tls: { key: string; cert: string }): Promise<FakeNode> {
  const api = new KubeApi(access);
  const pods = new Map<string, Pod>();
  const server = await startKubeletServer(tls, pods);
  await register(api, server.port);
  const ended = new AbortController();
  const keeper = new PodKeeper(api, NAME, ended.signal);
  const following = [
    keepVolumes(api, ended.signal),
    api.follow<Pod>(`/api/v1/pods?fieldSelector=spec.nodeName%3D${NAME}`, ended.signal, ({ type, object }) => {
      const { namespace, name } = object.metadata;
      if (type === 'DELETED') {
        pods.delete(`${namespace}/${name}`);
        return;
      }
      pods.set(`${namespace}/${name}`, object);
      keeper.keep(object);
    }),
  ];
  return {
    stop: async () => {
      ended.abort();
      await Promise.all(following);
      await keeper.idle();
      await server.close();
      api.close();
    },
  };
}

async function register(api: KubeApi, kubeletPort: number): Promise<void> {
  await api.create('/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NAME, labels: { 'kubernetes.io/hostname': NAME, 'kubernetes.io/os': 'linux' } },
  });
  await api.patch(`/api/v1/nodes/${NAME}/status`, {
    status: {
      capacity: ROOM,
      allocatable: ROOM,
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'a fake node is always ready' }],
    },
  });
  // a new node is tainted until a controller, which is left out here, finds it ready
  await api.patch(`/api/v1/nodes/${NAME}`, { spec: { taints: [] } }, 'application/merge-patch+json');
}
