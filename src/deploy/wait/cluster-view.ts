/** The cluster as the watches tell it: workloads, their ReplicaSets and pods, and the events about any of them. */
import { Cursor } from '#manifests';

/** Something that an Event says. */
export interface SeenEvent {
  readonly object: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** When it was said last, as ISO 8601. */
  readonly at: string;
}

/** Objects that are watched, as they were told last. */
export class ClusterView {
  private readonly objects = new Map<string, Cursor>();

  /** Takes `{type, object}` as kubectl prints it. */
  take(event: unknown): void {
    const top = new Cursor(event);
    const object = new Cursor(top.at('object').value);
    const key = keyOf(object.at('kind').text ?? '', object.at('metadata', 'name').text ?? '');
    const type = top.at('type').text;
    if (type === 'DELETED') this.objects.delete(key);
    else if (type === 'ADDED' || type === 'MODIFIED') this.objects.set(key, object);
  }

  /** An object, undefined while it was not told. */
  find(kind: string, name: string): Cursor | undefined {
    return this.objects.get(keyOf(kind, name));
  }

  /** The pods of the revision that a workload is to run. */
  newPods(workload: Cursor): readonly Cursor[] {
    const pods = this.podsOf(workload);
    if (workload.at('kind').text !== 'Deployment') {
      const revision = this.revisionOf(workload);
      if (revision === undefined) return [];
      return pods.filter((pod) => pod.at('metadata', 'labels', 'controller-revision-hash').text === revision);
    }
    const uid = this.newReplicaSet(workload)?.at('metadata', 'uid').text;
    return pods.filter((pod) => ownerOf(pod) === uid);
  }

  /** The pods of a workload that are to go. */
  oldPods(workload: Cursor): readonly Cursor[] {
    const now = new Set(this.newPods(workload));
    return this.podsOf(workload).filter((pod) => !now.has(pod));
  }

  /** The ReplicaSet of a Deployment's newest revision. */
  newReplicaSet(deployment: Cursor): Cursor | undefined {
    const revision = deployment.at('metadata', 'annotations', REVISION).text;
    return this.replicaSetsOf(deployment).find((it) => it.at('metadata', 'annotations', REVISION).text === revision);
  }

  /** What Events say of a workload, its newest ReplicaSet and its new pods, the latest last. */
  eventsOf(workload: Cursor): readonly SeenEvent[] {
    const about = [workload, this.newReplicaSet(workload), ...this.newPods(workload)];
    const uids = new Set(about.map((object) => object?.at('metadata', 'uid').text));
    return [...this.objects.values()]
      .filter((it) => it.at('kind').text === 'Event' && uids.has(it.at('involvedObject', 'uid').text))
      .map(seenEvent)
      .sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  private podsOf(workload: Cursor): readonly Cursor[] {
    const owners = new Set(
      workload.at('kind').text === 'Deployment'
        ? this.replicaSetsOf(workload).map((it) => it.at('metadata', 'uid').text)
        : [workload.at('metadata', 'uid').text],
    );
    return this.ofKind('Pod').filter((pod) => owners.has(ownerOf(pod)));
  }

  private replicaSetsOf(deployment: Cursor): readonly Cursor[] {
    const uid = deployment.at('metadata', 'uid').text;
    return this.ofKind('ReplicaSet').filter((it) => ownerOf(it) === uid);
  }

  /** A DaemonSet names no revision: that of its youngest pod counts. */
  private revisionOf(workload: Cursor): string | undefined {
    const told = workload.at('status', 'updateRevision').text;
    if (told !== undefined) return told;
    const pods = [...this.podsOf(workload)].sort((a, b) => (createdAt(a) < createdAt(b) ? 1 : -1));
    return pods[0]?.at('metadata', 'labels', 'controller-revision-hash').text;
  }

  private ofKind(kind: string): readonly Cursor[] {
    return [...this.objects.values()].filter((it) => it.at('kind').text === kind);
  }
}

const REVISION = 'deployment.kubernetes.io/revision';

function keyOf(kind: string, name: string): string {
  return `${kind}/${name}`;
}

function ownerOf(object: Cursor): string | undefined {
  return object
    .at('metadata', 'ownerReferences')
    .items.find((it) => it.at('controller').value === true)
    ?.at('uid').text;
}

function createdAt(object: Cursor): string {
  return object.at('metadata', 'creationTimestamp').text ?? '';
}

function seenEvent(event: Cursor): SeenEvent {
  const text = (...path: readonly string[]) => event.along(path).text;
  return {
    object: `${text('involvedObject', 'kind') ?? ''}/${text('involvedObject', 'name') ?? ''}`,
    type: text('type') ?? '',
    reason: text('reason') ?? '',
    message: (text('message') ?? '').trim(),
    count: event.at('series', 'count').number ?? event.at('count').number ?? 1,
    at: text('series', 'lastObservedTime') ?? text('lastTimestamp') ?? text('eventTime') ?? createdAt(event),
  };
}
