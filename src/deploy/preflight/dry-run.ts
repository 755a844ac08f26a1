/** A trial of the whole apply on the server: validation, admission, conflicts and quotas judge, nothing is kept. */
import { kindAndName } from '#manifests';
import type { ManifestObject } from '#manifests';
import type { Change } from '../deploy-event.ts';
import type { DesiredState } from '../desired-state.ts';
import type { DeployFault } from '../fault.ts';
import type { Kubectl, KubectlAnswer } from '../kubectl/kubectl.ts';
import { isPodSecurity, refusalsIn, warningsIn } from '../kubectl/kubectl-words.ts';
import { changeOf, objectsByName, type LiveObjects } from '../kubectl/live-objects.ts';
import { refusalFault } from '../kubectl/refusal-fault.ts';
import { serverApply } from '../kubectl/server-apply.ts';

/** What a trial showed. */
export interface DryRun {
  readonly faults: readonly DeployFault[];
  readonly warnings: readonly { readonly object: string; readonly text: string }[];
  /** What would become of each object; empty when anything was refused. */
  readonly changes: ReadonlyMap<string, Change>;
}

/** Objects that are tried at a time when each is tried alone. */
const AT_A_TIME = 4;

/** Tries all at once; only when something is wrong each object alone, for then it matters which one. */
export async function dryRun(
  kubectl: Kubectl,
  state: DesiredState,
  { before, forcesConflicts }: { readonly before: LiveObjects; readonly forcesConflicts: boolean },
): Promise<DryRun> {
  const trial = { dryRun: true, forcesConflicts, output: 'json' } as const;
  const whole = await serverApply(kubectl, { ...trial, files: state.files });
  if (whole.code === 0 && warningsIn(whole.err).length === 0) {
    return { faults: [], warnings: [], changes: changesOf(before, whole.out) };
  }
  // a warning is nearly always about pods, a refusal may be about anything
  const suspects = whole.code === 0 ? state.set.pods.map(({ object }) => object) : state.set.objects;
  const judged: Judged[] = [];
  for (let index = 0; index < suspects.length; index += AT_A_TIME) {
    const some = suspects.slice(index, index + AT_A_TIME);
    const answers = some.map(async (object) => {
      const input = JSON.stringify(object.root.value);
      return judge(kubectl, object, await serverApply(kubectl, { ...trial, files: ['-'], input }));
    });
    judged.push(...(await Promise.all(answers)));
  }
  return {
    faults: [...judged.flatMap(({ faults }) => faults), ...unexplained(kubectl, whole, judged)],
    warnings: [...judged.flatMap(({ warnings }) => warnings), ...unplaced(whole, judged)],
    changes: whole.code === 0 ? changesOf(before, whole.out) : new Map(),
  };
}

type Judged = Pick<DryRun, 'faults' | 'warnings'>;

function judge(kubectl: Kubectl, object: ManifestObject, { code, err }: KubectlAnswer): Judged {
  const name = kindAndName(object);
  const warnings = warningsIn(err);
  const refused = code === 0 ? [] : refusalsIn(err).map((refusal) => refusalFault(kubectl, object, refusal));
  const insecure = warnings.filter(isPodSecurity).map((text) => podSecurityFault(kubectl, name, text));
  return {
    faults: [...refused, ...insecure],
    warnings: warnings.filter((text) => !isPodSecurity(text)).map((text) => ({ object: name, text })),
  };
}

/** All together was refused, and nothing alone: the reason is between them, or it was over a moment later. */
function unexplained(
  kubectl: Kubectl,
  { code, err }: KubectlAnswer,
  judged: readonly Judged[],
): readonly DeployFault[] {
  if (code === 0 || judged.some(({ faults }) => faults.length > 0)) return [];
  return refusalsIn(err).map(({ reason, message }) => ({
    object: 'dist',
    reason,
    message,
    next: kubectl.line('apply', '--server-side', '--dry-run=server', '-f', 'dist/'),
  }));
}

/** Warnings that none of the objects tried alone has given. */
function unplaced({ err }: KubectlAnswer, judged: readonly Judged[]): DryRun['warnings'] {
  const placed = new Set(judged.flatMap(({ warnings }) => warnings.map(({ text }) => text)));
  const others = warningsIn(err).filter((text) => !isPodSecurity(text) && !placed.has(text));
  return others.map((text) => ({ object: 'dist', text }));
}

function podSecurityFault(kubectl: Kubectl, object: string, warning: string): DeployFault {
  return {
    object,
    reason: 'pod-security',
    message: `its pods would be rejected: ${warning}`,
    next: kubectl.line('get', 'namespace', kubectl.namespace, '--show-labels'),
  };
}

function changesOf(before: LiveObjects, out: string): ReadonlyMap<string, Change> {
  const after = objectsByName(JSON.parse(out));
  return new Map([...after].map(([name, object]) => [name, changeOf(before.get(name), object)]));
}
