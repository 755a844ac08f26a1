/** Autoscalers and disruption budgets: their targets exist, and no pair of figures keeps a node from ever being drained. */
import { kindAndName } from '../manifest-set.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from '../manifest-set.ts';
import { AUTOSCALER, autoscalers, podsOf, targetObject, targetOf } from './autoscalers.ts';
import { faultAt, nearest } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
import { podsSelected } from '../service-pods.ts';

/** Every fault of autoscalers and disruption budgets. */
export function scalingFaults({ set }: CheckInput): readonly ManifestFault[] {
  return [
    ...set.ofKind(AUTOSCALER).flatMap((autoscaler) => autoscalerFaults(set, autoscaler)),
    ...set.ofKind('PodDisruptionBudget').flatMap((budget) => budgetFaults(set, budget)),
    ...twiceScaledFaults(set),
    ...twiceBudgetedFaults(set),
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

/** Two autoscalers of one workload overrule each other all the time. */
function twiceScaledFaults(set: ManifestSet): ManifestFault[] {
  const first = new Map<ManifestObject, ManifestObject>();
  return set.ofKind(AUTOSCALER).flatMap((autoscaler) => {
    const target = targetObject(set, autoscaler);
    if (target === undefined) return [];
    const other = first.get(target);
    if (other === undefined) first.set(target, autoscaler);
    if (other === undefined || isSame(other, autoscaler)) return [];
    const message = `it scales ${kindAndName(target)}, which ${kindAndName(other)} scales too, so each overrules the other: put the metrics into one`;
    return [faultAt(autoscaler, autoscaler.root.at('spec', 'scaleTargetRef'), 'hpa-twice', message)];
  });
}

/** A pod that two budgets select cannot be evicted at all: the eviction API fails. */
function twiceBudgetedFaults(set: ManifestSet): ManifestFault[] {
  const first = new Map<PodTemplate, ManifestObject>();
  return set.ofKind('PodDisruptionBudget').flatMap((budget) => {
    const selector = budget.root.at('spec', 'selector');
    const shared = podsSelected(set, budget.namespace, selector).flatMap((pod) => {
      const other = first.get(pod);
      if (other === undefined) first.set(pod, budget);
      return other === undefined || isSame(other, budget) ? [] : [{ pod, other }];
    });
    const [found] = shared;
    if (found === undefined) return [];
    const message = `it selects the pods of ${kindAndName(found.pod.object)}, which ${kindAndName(found.other)} selects too, and a pod with two budgets can never be evicted: remove one`;
    return [faultAt(budget, selector, 'pdb-twice', message)];
  });
}

/** Whether two objects have one name: another rule reports it. */
function isSame(a: ManifestObject, b: ManifestObject): boolean {
  return a.name === b.name && a.namespace === b.namespace;
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
  return [...bothFaults(budget), ...pods.flatMap((pod) => blockingFaults(set, budget, pod))];
}

function bothFaults(budget: ManifestObject): ManifestFault[] {
  const spec = budget.root.at('spec');
  if (!spec.at('minAvailable').exists || !spec.at('maxUnavailable').exists) return [];
  const message = 'it has both minAvailable and maxUnavailable, which the API server rejects: remove minAvailable';
  return [faultAt(budget, spec.at('minAvailable'), 'pdb-both', message)];
}

function blockingFaults(set: ManifestSet, budget: ManifestObject, pod: PodTemplate): ManifestFault[] {
  const replicas = leastReplicas(set, pod);
  if (replicas === undefined) return [];
  const spec = budget.root.at('spec');
  const name = kindAndName(pod.object);
  const away = spec.at('maxUnavailable');
  if (away.value === 0 || /^0+%$/.test(String(away.value))) {
    const message = `it never allows the eviction of a pod of ${name} (maxUnavailable is ${String(spec.at('maxUnavailable').value)}), so their nodes cannot be drained: set maxUnavailable to 1`;
    return [faultAt(budget, spec.at('maxUnavailable'), 'pdb-blocks', message)];
  }
  if (replicas <= 1) {
    const message = `${name} has ${replicas} replica, so the budget either has no effect or blocks every node drain: remove the budget, or run two replicas`;
    return [faultAt(budget, spec, 'pdb-single-replica', message)];
  }
  const allowed = spec.at('maxUnavailable').exists
    ? podsOf(spec.at('maxUnavailable').value, replicas)
    : replicas - podsOf(spec.at('minAvailable').value, replicas);
  if (allowed > 0) return [];
  const message = `minAvailable is ${String(spec.at('minAvailable').value)} and ${name} has ${replicas} replicas, so no pod can be evicted and no node drained: replace minAvailable with maxUnavailable: 1`;
  return [faultAt(budget, spec, 'pdb-blocks', message)];
}

/** Replicas that a workload has at the least. */
function leastReplicas(set: ManifestSet, pod: PodTemplate): number | undefined {
  const autoscaler = set.derived(autoscalers).get(pod);
  return autoscaler === undefined ? pod.replicas : (autoscaler.root.at('spec', 'minReplicas').number ?? 1);
}
