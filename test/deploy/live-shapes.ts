/** Objects as a cluster's API server gives them, with the fields that a rollout is judged by. */

type Fields = Readonly<Record<string, unknown>>;

const REVISION = 'deployment.kubernetes.io/revision';

/** A Deployment at revision 2 whose controller has seen it. */
export function liveDeployment(name: string, status: Fields = {}, spec: Fields = {}): Fields {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, uid: `uid-${name}`, generation: 2, annotations: { [REVISION]: '2' } },
    spec: { replicas: 1, ...spec },
    status: { observedGeneration: 2, ...status },
  };
}

/** A Deployment all of whose pods are new and available. */
export function readyDeployment(name: string): Fields {
  return liveDeployment(name, { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 });
}

/** A ReplicaSet of a Deployment. */
export function liveReplicaSet(deployment: string, revision: string): Fields {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment}-${revision}`,
      uid: `uid-${deployment}-${revision}`,
      annotations: { [REVISION]: revision },
      ownerReferences: [{ controller: true, uid: `uid-${deployment}` }],
    },
  };
}

/** A pod of a ReplicaSet or StatefulSet, with the state of its one container. */
export function livePod(
  owner: string,
  containerStatus: Fields,
  { hash, spec = {} }: { readonly hash?: string; readonly spec?: Fields } = {},
): Fields {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${owner}-pod${hash === undefined ? '' : `-${hash}`}`,
      uid: `uid-${owner}-pod`,
      labels: hash === undefined ? {} : { 'controller-revision-hash': hash },
      ownerReferences: [{ controller: true, uid: `uid-${owner}` }],
    },
    spec,
    status: {
      phase: 'Pending',
      containerStatuses: [{ name: 'main', restartCount: 0, ready: false, ...containerStatus }],
    },
  };
}

/** A StatefulSet that goes from revision `a` to `b`. */
export function liveStatefulSet(name: string, status: Fields = {}, spec: Fields = {}): Fields {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, uid: `uid-${name}`, generation: 2 },
    spec: { replicas: 1, updateStrategy: { type: 'RollingUpdate' }, ...spec },
    status: { observedGeneration: 2, currentRevision: 'a', updateRevision: 'b', ...status },
  };
}

/** An Event about an object. */
export function liveEvent(kind: string, name: string, reason: string, message: string): Fields {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${reason}`, creationTimestamp: '2026-01-01T00:00:00Z' },
    involvedObject: { kind, name, uid: `uid-${name}` },
    ...{ type: 'Warning', reason, message, count: 3, lastTimestamp: '2026-01-01T00:00:05Z' },
  };
}

/** The state of a container that waits. */
export function waiting(reason: string, message = ''): Fields {
  return { state: { waiting: { reason, message } } };
}
