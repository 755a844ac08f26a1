import { setTimeout as pause } from 'node:timers/promises';
import type { ContainerEvent } from './container-outcome.ts';
import { KubeApiError, type KubeApi, type KubeObject } from './kube-api.ts';
import { judgePod, type PodReport } from './pod-report.ts';
import { allMentions, type PodSources } from './pod-sources.ts';
import type { Pod } from './pod.ts';

/** A pod that waits for something that is missing is looked at again this often, as no event tells of it. */
const RETRY_MS = 500;
/** Answers that say that the pod is another by now, or gone. */
const OUTDATED: readonly number[] = [404, 409];

/** Brings each pod to the state that its report says; one change at a time for each pod, the newest state of it wins. */
export class PodKeeper {
  private readonly api: KubeApi;
  private readonly node: string;
  private readonly signal: AbortSignal;
  private readonly waiting = new Map<string, Pod>();
  private readonly working = new Map<string, Promise<void>>();
  /** What was said last of each pod, apart from times. */
  private readonly said = new Map<string, string>();
  private addresses = 0;

  constructor(api: KubeApi, node: string, signal: AbortSignal) {
    this.api = api;
    this.node = node;
    this.signal = signal;
  }

  /** Takes the newest state of a pod. */
  keep(pod: Pod): void {
    const { uid } = pod.metadata;
    this.waiting.set(uid, pod);
    if (this.working.has(uid)) return;
    this.working.set(
      uid,
      this.work(uid).finally(() => this.working.delete(uid)),
    );
  }

  /** Fulfilled when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.working.values());
  }

  private async work(uid: string): Promise<void> {
    for (;;) {
      const pod = this.waiting.get(uid);
      this.waiting.delete(uid);
      if (pod === undefined || this.signal.aborted) return;
      try {
        await this.bring(pod);
      } catch (error) {
        const outdated = error instanceof KubeApiError && OUTDATED.includes(error.status);
        // a test that waits for this pod fails by its own time-out; the others go on
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it can be aborted during an await
        if (!outdated && !this.signal.aborted) process.stderr.write(`fake node: ${String(error)}\n`);
      }
    }
  }

  private async bring(pod: Pod): Promise<void> {
    const { uid, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined) {
      this.said.delete(uid);
      await this.api.delete(pathOf(pod), { gracePeriodSeconds: 0, preconditions: { uid } });
      return;
    }
    const report = this.report(pod, await this.sourcesOf(pod));
    await this.say(pod, report);
    if (report.waits) void this.lookAgain(pod);
  }

  private report(pod: Pod, sources: PodSources): PodReport {
    const address = pod.status?.podIP ?? this.nextAddress();
    return judgePod(pod, { sources, address, now: pod.status?.startTime ?? now() });
  }

  private async say(pod: Pod, { status, events }: PodReport): Promise<void> {
    const { uid, namespace } = pod.metadata;
    const words = JSON.stringify([events, status], (key, value: unknown) => (/(Time|At|IPs?)$/.test(key) ? '' : value));
    if (this.said.get(uid) === words) return;
    this.said.set(uid, words);
    await this.api.patch(`${pathOf(pod)}/status`, { metadata: { uid }, status });
    for (const event of events) {
      await this.api.create(`/api/v1/namespaces/${namespace}/events`, eventObject(event, pod, this.node));
    }
  }

  private async lookAgain(pod: Pod): Promise<void> {
    await pause(RETRY_MS, undefined, { signal: this.signal, ref: false }).catch(() => undefined);
    const { uid } = pod.metadata;
    if (this.signal.aborted || this.waiting.has(uid)) return;
    const current = await this.api.get<Pod>(pathOf(pod)).catch(() => undefined);
    if (current?.metadata.uid === uid) this.keep(current);
  }

  private async sourcesOf(pod: Pod): Promise<PodSources> {
    const sources = new Map<string, readonly string[] | undefined>();
    for (const { resource, name } of allMentions(pod)) {
      const key = `${resource}/${name}`;
      if (!sources.has(key)) sources.set(key, await this.keysOf(`/api/v1/namespaces/${pod.metadata.namespace}/${key}`));
    }
    return sources;
  }

  private async keysOf(path: string): Promise<readonly string[] | undefined> {
    try {
      const { data = {}, binaryData = {} } = await this.api.get<KubeObject & PlainData>(path);
      return [...Object.keys(data), ...Object.keys(binaryData)];
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  private nextAddress(): string {
    this.addresses += 1;
    return `10.42.${this.addresses >> 8}.${this.addresses & 255}`;
  }
}

interface PlainData {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

function pathOf({ metadata }: Pod): string {
  return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
}

function now(): string {
  return new Date().toISOString();
}

function eventObject({ reason, message }: ContainerEvent, { metadata }: Pod, node: string): object {
  const { name, namespace, uid } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
    reason,
    message,
    type: 'Warning',
    source: { component: 'kubelet', host: node },
    firstTimestamp: now(),
    lastTimestamp: now(),
    count: 1,
  };
}
