import { kindAndName } from '#manifests';
import type { ManifestObject } from '#manifests';
import type { Change, Tell } from '../deploy-event.ts';
import type { DesiredState } from '../desired-state.ts';
import { DeployFailure, type DeployFault } from '../fault.ts';
import type { Kubectl } from '../kubectl/kubectl.ts';
import { refusalsIn, type Refusal } from '../kubectl/kubectl-words.ts';
import { refusalFault } from '../kubectl/refusal-fault.ts';
import { serverApply } from '../kubectl/server-apply.ts';

/** Applies dist in file order, and tells each object as it is done. Throws a `DeployFailure` with every refusal. */
export async function apply(
  kubectl: Kubectl,
  state: DesiredState,
  options: { readonly changes: ReadonlyMap<string, Change>; readonly forcesConflicts: boolean; readonly tell: Tell },
): Promise<void> {
  const { changes, forcesConflicts, tell } = options;
  const onLine = (line: string) => {
    const object = appliedObject(line, state);
    if (object === undefined) return;
    const name = kindAndName(object);
    tell({ event: 'object', step: 'apply', object: name, change: changes.get(name) ?? 'changed' });
  };
  const { code, err } = await serverApply(kubectl, {
    ...{ files: state.files, dryRun: false, forcesConflicts, output: 'name', onLine },
  });
  if (code !== 0)
    throw new DeployFailure(
      'apply',
      refusalsIn(err).map((refusal) => applyFault(kubectl, state, refusal)),
    );
}

/** The object of a line such as `deployment.apps/auth serverside-applied`. */
function appliedObject(line: string, { set }: DesiredState): ManifestObject | undefined {
  const [, resource, name] = /^([a-z]+)[^/\s]*\/(\S+) serverside-applied/.exec(line) ?? [];
  return set.objects.find((object) => object.kind.toLowerCase() === resource && object.name === name);
}

function applyFault(kubectl: Kubectl, state: DesiredState, refusal: Refusal): DeployFault {
  const object = objectIn(refusal.message, state);
  if (object !== undefined) return refusalFault(kubectl, object, refusal);
  const next = 'npm run deploy   (applied objects remain; a second run continues)';
  return { object: 'dist', reason: refusal.reason, message: refusal.message, next };
}

/** The object that a refusal names: `deployments.apps "auth" is forbidden`, `Deployment.apps "auth" is invalid`. */
function objectIn(message: string, { set }: DesiredState): ManifestObject | undefined {
  return set.objects.find(({ kind, name }) => {
    const stem = kind.toLowerCase().replace(/y$/, '');
    return new RegExp(`\\b${stem}[a-z]*[.a-z0-9]* "${name}"`, 'i').test(message);
  });
}
