/** The story of a deployment: preflight, apply, wait, checks, leftovers; and the way back when asked. */
import { UnreadableError } from '#manifest-source';
import { apply } from './apply/apply.ts';
import { check } from './checks/checks.ts';
import type { Tell } from './deploy-event.ts';
import { readDesiredState, type DesiredState } from './desired-state.ts';
import { durationText } from './duration.ts';
import { EXIT, type FailingStep } from './exit-codes.ts';
import { DeployFailure } from './fault.ts';
import { Kubectl } from './kubectl/kubectl.ts';
import { deleteLeftover, findLeftovers } from './prune/leftovers.ts';
import type { DeployOptions } from './deploy-options.ts';
import { preflight, type PreflightResult } from './preflight/preflight.ts';
import { earlierState, undo } from './undo/undo.ts';
import { waitForRollouts } from './wait/wait.ts';

/** What a run has besides its options. */
export interface RunContext {
  readonly tell: Tell;
  /** Aborted when the run is to stop. */
  readonly stop: AbortSignal;
}

/** The checks get this time even when the wait took nearly all. */
const LEAST_CHECK_MS = 15_000;
/** An edge that still leads to an old pod after so long is not late, it is wrong. */
const MOST_CHECK_MS = 60_000;

/** Deploys; fulfils with the exit code. Throws `UnreadableError` when dist cannot be read. */
export async function deploy(options: DeployOptions, { tell, stop }: RunContext): Promise<number> {
  const startedAt = performance.now();
  const leftMs = () => Math.max(options.timeoutMs - (performance.now() - startedAt), 0);
  const state = await desiredState(options);
  const kubectl = new Kubectl({ context: options.context, namespace: state.namespace }, stop);
  let step: FailingStep = 'preflight';
  let before: PreflightResult | undefined;
  try {
    const bounded = () => kubectl.until(AbortSignal.timeout(Math.ceil(leftMs())));
    tell({
      event: 'step',
      step,
      text: `${state.set.objects.length} objects from ${options.dist} for namespace ${state.namespace}`,
    });
    before = await preflight(bounded(), state, { ...options, tell });
    tell({ event: 'note', step, text: summary(before) });
    if (options.dryRun) {
      tellChanges(before, tell);
      await leftovers(bounded(), state, { ...{ listable: before.listable, prunes: false, tell } });
      tell({ event: 'end', exitCode: EXIT.done, text: 'dry run: nothing was changed' });
      return EXIT.done;
    }

    step = 'apply';
    tell({ event: 'step', step, text: 'server-side, with one field manager' });
    await apply(bounded(), state, { changes: before.changes, forcesConflicts: options.forcesConflicts, tell });

    step = 'wait';
    tell({ event: 'step', step, text: `${state.workloads.length} workloads, for at most ${durationText(leftMs())}` });
    await waitForRollouts(kubectl, state.workloads, { timeoutMs: leftMs(), tell, step });

    step = 'checks';
    const patienceMs = Math.max(Math.min(leftMs(), MOST_CHECK_MS), LEAST_CHECK_MS);
    tell({ event: 'step', step, text: 'versions at the edge, variables in the pods' });
    await check(kubectl, state, { ...options, patienceMs, signal: stop, tell });

    step = 'prune';
    await leftovers(kubectl, state, { listable: before.listable, prunes: options.prunes, tell });
    tell({ event: 'end', exitCode: EXIT.done, text: `deployed in ${durationText(performance.now() - startedAt)}` });
    return EXIT.done;
  } catch (error) {
    const failure = failureOf(error, step, options, stop);
    for (const fault of failure.faults) tell({ event: 'fault', step: failure.step, ...fault });
    const isUndone = await takeBack(kubectl, failure, before, options, tell);
    const exitCode = EXIT[failure.step];
    tell({
      event: 'end',
      exitCode,
      text: `failed at ${failure.step}, exit code ${exitCode}: ${ENDS[failure.step]}${isUndone}`,
    });
    return exitCode;
  }
}

const ENDS: Readonly<Record<FailingStep, string>> = {
  preflight: 'nothing was changed',
  apply: 'objects that were already applied remain',
  wait: 'dist is applied, but not all of it runs',
  checks: 'dist is applied and runs, but the checks found something else',
  prune: 'dist is applied and runs, but old objects remain',
};

async function desiredState(options: DeployOptions): Promise<DesiredState> {
  const state = await readDesiredState(options.dist);
  if (options.namespace !== undefined && options.namespace !== state.namespace) {
    throw new UnreadableError(
      `${options.dist}: its objects are in the namespace ${state.namespace}, not ${options.namespace}: omit --namespace, or synthesize for that namespace`,
    );
  }
  return state;
}

function summary({ changes }: PreflightResult): string {
  const count = (wanted: string) => [...changes.values()].filter((change) => change === wanted).length;
  return `no objections: ${count('created')} to create, ${count('changed')} to change, ${count('unchanged')} unchanged`;
}

function tellChanges({ changes }: PreflightResult, tell: Tell): void {
  for (const [object, change] of changes) tell({ event: 'object', step: 'preflight', object, change });
}

/** Finds what dist no longer has; deletes it when asked. Throws a `DeployFailure` when that fails. */
async function leftovers(
  kubectl: Kubectl,
  state: DesiredState,
  { listable, prunes, tell }: Pick<PreflightResult, 'listable'> & { readonly prunes: boolean; readonly tell: Tell },
): Promise<void> {
  const found = await findLeftovers(kubectl, state.set, listable);
  const step = prunes ? 'prune' : 'leftovers';
  if (found.length > 0) tell({ event: 'step', step, text: `${found.length} objects are no longer in dist` });
  const faults = [];
  for (const leftover of found) {
    const object = `${leftover.kind}/${leftover.name}`;
    if (!prunes || leftover.kept) {
      tell({ event: 'leftover', step, object, outcome: leftover.kept ? 'kept' : 'found' });
      continue;
    }
    const fault = await deleteLeftover(kubectl, leftover);
    if (fault === undefined) tell({ event: 'leftover', step, object, outcome: 'deleted' });
    else faults.push(fault);
  }
  if (!prunes && found.some(({ kept }) => !kept)) {
    tell({ event: 'note', step, text: 'delete them with npm run deploy -- --prune' });
  }
  if (faults.length > 0) throw new DeployFailure('prune', faults);
}

/** An error as a failure of the step in which it occurred; anything that is not an error is rethrown. */
function failureOf(error: unknown, step: FailingStep, { timeoutMs }: DeployOptions, stop: AbortSignal): DeployFailure {
  if (error instanceof DeployFailure) return error;
  stop.throwIfAborted();
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
    const message = `timed out after ${durationText(timeoutMs)}`;
    return new DeployFailure(step, [
      { object: step, reason: 'timeout', message, next: 'npm run deploy -- --timeout 20m' },
    ]);
  }
  throw error;
}

/** Undoes when asked and when something was applied; gives the words for the last line. */
async function takeBack(
  kubectl: Kubectl,
  failure: DeployFailure,
  before: PreflightResult | undefined,
  { undoesOnFailure, timeoutMs }: DeployOptions,
  tell: Tell,
): Promise<string> {
  if (!undoesOnFailure || before === undefined || failure.step === 'preflight' || failure.step === 'prune') return '';
  tell({ event: 'step', step: 'undo', text: `restoring the previous state, for at most ${durationText(timeoutMs)}` });
  try {
    const isWhole = await undo(kubectl, earlierState(before.before, before.changes), { timeoutMs, tell });
    return isWhole ? '; undone, the previous state runs again' : '; it could not be undone completely';
  } catch (error) {
    if (!(error instanceof DeployFailure)) throw error;
    for (const fault of error.faults) tell({ event: 'fault', step: 'undo', ...fault });
    return '; undone, but the previous state does not run either';
  }
}
