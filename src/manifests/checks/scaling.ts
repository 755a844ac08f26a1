/** Autoscalers and disruption budgets: their targets exist, and no pair of figures keeps a node from ever being drained. */
import { kindAndName } from '../manifest-set.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from '../manifest-set.ts';
import { faultAt, nearest } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
import { podsSelected } from '../service-pods.ts';

const AUTOSCALER = 'HorizontalPodAutoscaler';

/** Every fault of autoscalers and disruption budgets. */
export function scalingFaults({ set }: CheckInput): readonly ManifestFault[] {
  return [
    ...set.ofKind(AUTOSCALER).flatMap((autoscaler) => autoscalerFaults(set, autoscaler)),
    ...set.ofKind('PodDisruptionBudget').flatMap((budget) => budgetFaults(set, budget)),
  ];
}

function autoscalerFaults(set: ManifestSet, autoscaler: ManifestObject): ManifestFault[] {
  const spec = autoscaler.root.at('spec');
  const target = targetOf(set, autoscaler);
  const faults: ManifestFault[] = [];
  if (target === undefined) {
    const ref = spec.at('scaleTargetRef');
    if (targetObject(set, autoscaler) !== undefined) return rangeFaults(autoscaler);
    const names = set.pods.map((pod) => kindAndName(pod.object));
    const wanted = `${ref.at('kind').text}/${ref.at('name').text}`;
    faults.push(
      faultAt(
        autoscaler,
        ref,
        'hpa-target',
        `its target ${wanted} does not exist in the namespace: ${nearest(wanted, names)}`,
      ),
    );
  } else if (BUILT_IN.has(target.object.kind) && target.object.root.at('spec', 'replicas').exists) {
    const at = target.object.root.at('spec', 'replicas');
    const message = `replicas is ${at.number}, but ${kindAndName(autoscaler)} scales it, so each apply would reset the scale: remove replicas`;
    faults.push(faultAt(target.object, at, 'hpa-replicas', message));
  }
  return [...faults, ...rangeFaults(autoscaler)];
}

/** Kinds of which an apply sets the replicas that are stated. Controllers of custom resources may take them for the first only. */
const BUILT_IN: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController']);

function rangeFaults(autoscaler: ManifestObject): ManifestFault[] {
  const spec = autoscaler.root.at('spec');
  const min = spec.at('minReplicas').number ?? 1;
  const max = spec.at('maxReplicas').number ?? min;
  if (min <= max) return [];
  const message = `minReplicas is ${min} but maxReplicas is ${max}, and the minimum must not exceed the maximum: change one of them`;
  return [faultAt(autoscaler, spec.at('minReplicas'), 'hpa-range', message)];
}

function budgetFaults(set: ManifestSet, budget: ManifestObject): ManifestFault[] {
  const selector = budget.root.at('spec', 'selector');
  const pods = podsSelected(set, budget.namespace, selector);
  if (pods.length === 0) {
    const message = 'its selector matches no pod of the namespace: select the label app of the pods';
    return [faultAt(budget, selector, 'pdb-selects-nothing', message)];
  }
  return pods.flatMap((pod) => blockingFaults(set, budget, pod));
}

function blockingFaults(set: ManifestSet, budget: ManifestObject, pod: PodTemplate): ManifestFault[] {
  const replicas = leastReplicas(set, pod);
  if (replicas === undefined) return [];
  const spec = budget.root.at('spec');
  const name = kindAndName(pod.object);
  if (spec.at('maxUnavailable').value === 0 || spec.at('maxUnavailable').value === '0%') {
    const message = `it never allows the eviction of a pod of ${name} (maxUnavailable is ${String(spec.at('maxUnavailable').value)}), so their nodes cannot be drained: set maxUnavailable to 1`;
    return [faultAt(budget, spec.at('maxUnavailable'), 'pdb-blocks', message)];
  }
  if (replicas <= 1) {
    const message = `${name} has ${replicas} replica, so the budget either has no effect or blocks every node drain: remove the budget, or run two replicas`;
    return [faultAt(budget, spec, 'pdb-single-replica', message)];
  }
  const allowed = spec.at('maxUnavailable').exists
    ? amount(spec.at('maxUnavailable').value, replicas, Math.ceil)
    : replicas - amount(spec.at('minAvailable').value, replicas, Math.ceil);
  if (allowed > 0) return [];
  const message = `minAvailable is ${String(spec.at('minAvailable').value)} and ${name} has ${replicas} replicas, so no pod can be evicted and no node drained: replace minAvailable with maxUnavailable: 1`;
  return [faultAt(budget, spec, 'pdb-blocks', message)];
}

/** Replicas that a workload has at the least. */
function leastReplicas(set: ManifestSet, pod: PodTemplate): number | undefined {
  const autoscaler = set.derived(autoscalers).get(pod);
  return autoscaler === undefined ? pod.replicas : (autoscaler.root.at('spec', 'minReplicas').number ?? 1);
}

/** Autoscalers by what they scale. */
function autoscalers(set: ManifestSet): ReadonlyMap<PodTemplate | undefined, ManifestObject> {
  return new Map(set.ofKind(AUTOSCALER).map((autoscaler) => [targetOf(set, autoscaler), autoscaler]));
}

function targetOf(set: ManifestSet, autoscaler: ManifestObject): PodTemplate | undefined {
  const target = targetObject(set, autoscaler);
  return target === undefined ? undefined : set.podOf(target);
}

function targetObject(set: ManifestSet, autoscaler: ManifestObject): ManifestObject | undefined {
  const ref = autoscaler.root.at('spec', 'scaleTargetRef');
  return set.find(ref.at('kind').text ?? '', autoscaler.namespace, ref.at('name').text ?? '');
}

/** A figure that is a number or a share of the replicas. */
function amount(value: unknown, replicas: number, round: (figure: number) => number): number {
  if (typeof value === 'number') return value;
  const share = /^(\d+)%$/.exec(String(value))?.[1];
  return share === undefined ? 0 : round((replicas * Number(share)) / 100);
}
