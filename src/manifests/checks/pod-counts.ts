/** Numbers or shares of pods, as budgets and rolling updates have them. */
import type { Cursor } from '../cursor.ts';
import type { ManifestObject } from '../manifest-set.ts';
import { isUnrendered } from '../unrendered.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every count that is neither a number of at least 0 nor a percentage. */
export function podCountFaults({ set }: CheckInput): readonly ManifestFault[] {
  return [
    ...set.ofKind('PodDisruptionBudget').flatMap((budget) => countFaults(budget, budget.root.at('spec'))),
    ...set.ofKind('Deployment').flatMap((it) => countFaults(it, it.root.at('spec', 'strategy', 'rollingUpdate'))),
    ...['StatefulSet', 'DaemonSet'].flatMap((kind) =>
      set.ofKind(kind).flatMap((it) => countFaults(it, it.root.at('spec', 'updateStrategy', 'rollingUpdate'))),
    ),
  ];
}

const COUNTS = ['maxSurge', 'maxUnavailable', 'minAvailable'];

function countFaults(object: ManifestObject, holder: Cursor): ManifestFault[] {
  return COUNTS.flatMap((name) => {
    const at = holder.at(name);
    const { value } = at;
    if (!at.exists || typeof value === 'object' || isCount(value, name)) return [];
    const message = `${name} is ${JSON.stringify(value)}, must be a number of at least 0 or a percentage: write it like 1 or '25%'`;
    return [faultAt(object, at, 'field-value', message)];
  });
}

/** What a tool still puts in counts as right. */
function isCount(value: unknown, name: string): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0;
  if (typeof value !== 'string') return false;
  if (isUnrendered(value)) return true;
  // a surge may be more than all pods
  return /^\d+%$/.test(value) && (name === 'maxSurge' || Number.parseInt(value, 10) <= 100);
}
