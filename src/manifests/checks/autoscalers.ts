/** Autoscalers with what they scale, and figures of pods. */
import type { ManifestObject, ManifestSet, PodTemplate } from '../manifest-set.ts';

/** Kind of an autoscaler. */
export const AUTOSCALER = 'HorizontalPodAutoscaler';

/** Autoscalers by what they scale. */
export function autoscalers(set: ManifestSet): ReadonlyMap<PodTemplate | undefined, ManifestObject> {
  return new Map(set.ofKind(AUTOSCALER).map((autoscaler) => [targetOf(set, autoscaler), autoscaler]));
}

/** The pods that an autoscaler scales, of a workload that is read. */
export function targetOf(set: ManifestSet, autoscaler: ManifestObject): PodTemplate | undefined {
  const target = targetObject(set, autoscaler);
  return target === undefined ? undefined : set.podOf(target);
}

/** The object that an autoscaler scales. */
export function targetObject(set: ManifestSet, autoscaler: ManifestObject): ManifestObject | undefined {
  const ref = autoscaler.root.at('spec', 'scaleTargetRef');
  return set.find(ref.at('kind').text ?? '', autoscaler.namespace, ref.at('name').text ?? '');
}

/** A figure that is a number of pods or a share of the replicas, which Kubernetes rounds up. */
export function podsOf(value: unknown, replicas: number): number {
  if (typeof value === 'number') return value;
  const share = /^(\d+)%$/.exec(String(value))?.[1];
  return share === undefined ? 0 : Math.ceil((replicas * Number(share)) / 100);
}
