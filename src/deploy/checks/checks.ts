/** Whether what runs is what was deployed: at the edge and in the pods' variables. */
import type { Tell } from '../deploy-event.ts';
import type { DesiredState } from '../desired-state.ts';
import { checkTarget } from './edge-check.ts';
import { chosenEdge, edgeTargets, type EdgeChoice } from './edge-targets.ts';
import { checkEnvironments } from './env-check.ts';
import { DeployFailure, type DeployFault } from '../fault.ts';
import type { Kubectl } from '../kubectl/kubectl.ts';

/** How it is done. */
export interface CheckOptions extends EdgeChoice {
  /** Time for the edge to come to the right answers. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
  readonly tell: Tell;
}

/** Checks. Throws a `DeployFailure` with every fault. */
export async function check(kubectl: Kubectl, state: DesiredState, options: CheckOptions): Promise<void> {
  const [atEdge, env] = await Promise.all([edgeFaults(state, options), checkEnvironments(kubectl, state)]);
  for (const text of env.notes) options.tell({ event: 'note', step: 'checks', text });
  const faults = [...env.faults, ...atEdge];
  if (faults.length > 0) throw new DeployFailure('checks', faults);
}

async function edgeFaults(state: DesiredState, options: CheckOptions): Promise<readonly DeployFault[]> {
  const { skipsEdge, patienceMs, signal, tell } = options;
  const edge = chosenEdge(options, state.set);
  const targets = edgeTargets(state.set);
  if (edge === undefined || targets.length === 0) {
    const why = skipsEdge ? '--skip-edge' : 'dist has no edge with a host';
    tell({ event: 'note', step: 'checks', text: `the edge is not checked: ${why}` });
    return [];
  }
  const faults = await Promise.all(
    targets.map(async (target) => {
      const fault = await checkTarget(edge, target, patienceMs, signal);
      if (fault === undefined) {
        const text =
          target.version === undefined ? `answers at ${target.path}` : `answers with version ${target.version}`;
        tell({ event: 'progress', step: 'checks', object: target.object, text, done: true });
      }
      return fault;
    }),
  );
  return faults.filter((fault) => fault !== undefined);
}
