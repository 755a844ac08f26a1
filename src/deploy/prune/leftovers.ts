/** Objects that were deployed from here and that dist no longer has. They stay until somebody asks for their end. */
import { Cursor, KEPT_KINDS, resourceOf } from '#manifests';
import type { AppliedKind, ManifestSet } from '#manifests';
import { appliedKinds } from '../preflight/access.ts';
import type { DeployFault } from '../fault.ts';
import type { Kubectl } from '../kubectl/kubectl.ts';
import { FIELD_MANAGER } from '../kubectl/server-apply.ts';

/** An object that dist no longer has. */
export interface Leftover {
  readonly kind: string;
  readonly name: string;
  /** `deployments.apps`, as kubectl takes it. */
  readonly resource: string;
  /** Never deleted from here: what it holds cannot be made again. */
  readonly kept: boolean;
}

/** Kinds that the library's constructs make and every server has: dist may have lost its last object of one. */
const BUILT_IN: readonly AppliedKind[] = [
  { group: '', kind: 'ConfigMap' },
  { group: '', kind: 'PersistentVolumeClaim' },
  { group: '', kind: 'Service' },
  { group: '', kind: 'ServiceAccount' },
  { group: 'apps', kind: 'Deployment' },
  { group: 'apps', kind: 'StatefulSet' },
  { group: 'autoscaling', kind: 'HorizontalPodAutoscaler' },
  { group: 'batch', kind: 'CronJob' },
  { group: 'networking.k8s.io', kind: 'Ingress' },
  { group: 'networking.k8s.io', kind: 'NetworkPolicy' },
  { group: 'policy', kind: 'PodDisruptionBudget' },
];

/** Kinds to look through: those of dist, and those that it may have had. */
export function searchedKinds(set: ManifestSet): readonly AppliedKind[] {
  const kinds = new Map([...BUILT_IN, ...appliedKinds(set)].map((it) => [resourceText(it), it]));
  return [...kinds.values()];
}

/** Looks through kinds. */
export async function findLeftovers(
  kubectl: Kubectl,
  set: ManifestSet,
  kinds: readonly AppliedKind[],
): Promise<readonly Leftover[]> {
  if (kinds.length === 0) return [];
  return leftoversIn(await kubectl.json(['get', kinds.map(resourceText).join(), '--show-managed-fields']), set);
}

/** Those of kubectl's answer that our field manager has applied and dist does not name; what others need comes last. */
export function leftoversIn(answer: unknown, set: ManifestSet): readonly Leftover[] {
  const wanted = new Set(set.objects.map(({ kind, name }) => `${kind}/${name}`));
  const found = new Cursor(answer).at('items').items.flatMap((object): Leftover[] => {
    const [kind, name] = [object.at('kind').text ?? '', object.at('metadata', 'name').text ?? ''];
    if (wanted.has(`${kind}/${name}`) || !isOurs(object) || isGoing(object)) return [];
    const group = /^(.+)\//.exec(object.at('apiVersion').text ?? '')?.[1] ?? '';
    return [{ kind, name, resource: resourceText({ group, kind }), kept: KEPT_KINDS.has(kind) }];
  });
  return [...found].sort((a, b) => rank(a) - rank(b));
}

/** First what leads to pods, then the pods' owners, then what pods read. */
const DELETED_IN_ORDER: readonly string[] = ['Ingress', 'HTTPRoute', 'Service', 'Deployment', 'StatefulSet', 'CronJob'];

function rank({ kind }: Leftover): number {
  const index = DELETED_IN_ORDER.indexOf(kind);
  return index === -1 ? DELETED_IN_ORDER.length : index;
}

function isOurs(object: Cursor): boolean {
  return object
    .at('metadata', 'managedFields')
    .items.some((it) => it.at('manager').text === FIELD_MANAGER && it.at('operation').text === 'Apply');
}

function isGoing(object: Cursor): boolean {
  return object.at('metadata', 'deletionTimestamp').exists;
}

function resourceText({ group, kind }: AppliedKind): string {
  return `${resourceOf(kind)}${group === '' ? '' : `.${group}`}`;
}

/** Deletes one; undefined when it is gone. */
export async function deleteLeftover(
  kubectl: Kubectl,
  { kind, name, resource }: Leftover,
): Promise<DeployFault | undefined> {
  const args = ['delete', resource, name, '--ignore-not-found', '--wait=false'];
  const { code, err } = await kubectl.run(args);
  if (code === 0) return undefined;
  return { object: `${kind}/${name}`, reason: 'not-deleted', message: err.trim(), next: kubectl.line(...args) };
}
