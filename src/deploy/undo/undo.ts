/** Takes a deployment back: what our field manager had applied before is applied again. */
import { Cursor, manifestSet } from '#manifests';
import { appliedConfiguration } from './applied-configuration.ts';
import type { Change, Tell } from '../deploy-event.ts';
import { WORKLOAD_KINDS } from '../desired-state.ts';
import type { Kubectl } from '../kubectl/kubectl.ts';
import { refusalsIn } from '../kubectl/kubectl-words.ts';
import type { LiveObjects } from '../kubectl/live-objects.ts';
import { FIELD_MANAGER, serverApply } from '../kubectl/server-apply.ts';
import { waitForRollouts } from '../wait/wait.ts';

/** What can be taken back, and what cannot. */
export interface EarlierState {
  readonly manifests: readonly object[];
  /** Objects that did not exist before, or were not applied from here: they stay as they are now. */
  readonly staying: readonly string[];
}

/** The state before, of those objects that this run has changed. */
export function earlierState(before: LiveObjects, changes: ReadonlyMap<string, Change>): EarlierState {
  const changed = [...changes].filter(([, change]) => change !== 'unchanged').map(([name]) => name);
  const earlier = changed.map((name) => ({ name, manifest: appliedConfiguration(before.get(name), FIELD_MANAGER) }));
  return {
    manifests: earlier.map(({ manifest }) => manifest).filter((manifest) => manifest !== undefined),
    staying: earlier.filter(({ manifest }) => manifest === undefined).map(({ name }) => name),
  };
}

/** Applies the earlier state and waits for it. Fulfils with whether everything is as it was. Throws what the wait throws. */
export async function undo(
  kubectl: Kubectl,
  { manifests, staying }: EarlierState,
  { timeoutMs, tell }: { readonly timeoutMs: number; readonly tell: Tell },
): Promise<boolean> {
  for (const name of staying) {
    tell({ event: 'note', step: 'undo', text: `${name} has no previous deployment: it is left unchanged` });
  }
  if (manifests.length === 0) return false;
  const input = manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n');
  const { code, err } = await serverApply(kubectl, {
    ...{ files: ['-'], input, dryRun: false, forcesConflicts: false, output: 'name' },
  });
  if (code !== 0) {
    for (const { message } of refusalsIn(err)) tell({ event: 'warning', step: 'undo', object: 'undo', text: message });
    return false;
  }
  for (const manifest of manifests) {
    tell({ event: 'object', step: 'undo', object: nameOf(manifest), change: 'changed' });
  }
  const { objects } = manifestSet(manifests.map((manifest) => ({ path: 'the previous state', manifest })));
  const workloads = objects.filter(({ kind }) => (WORKLOAD_KINDS as readonly string[]).includes(kind));
  await waitForRollouts(kubectl, workloads, { timeoutMs, tell, step: 'undo' });
  return staying.length === 0;
}

function nameOf(manifest: object): string {
  const top = new Cursor(manifest);
  return `${top.at('kind').text ?? ''}/${top.at('metadata', 'name').text ?? ''}`;
}
