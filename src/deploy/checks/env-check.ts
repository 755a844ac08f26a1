/** Compares the variables of the live workloads and their pods with dist, and names who has changed them. */
import { Cursor, kindAndName, manifestSet, rawEnv, resourceOf } from '#manifests';
import type { ManifestObject, PodContainer, PodTemplate } from '#manifests';
import { ClusterView } from '../wait/cluster-view.ts';
import type { DesiredState } from '../desired-state.ts';
import type { DeployFault } from '../fault.ts';
import { envListOwners, envOwners, type FieldOwner } from './field-owners.ts';
import type { Kubectl } from '../kubectl/kubectl.ts';
import { envDifferences, type EnvDifference } from './live-env.ts';
import { FIELD_MANAGER } from '../kubectl/server-apply.ts';

/** What the comparison showed. */
export interface EnvCheck {
  readonly faults: readonly DeployFault[];
  /** Variables that somebody has added and that change nothing of ours. */
  readonly notes: readonly string[];
}

/** Reads workloads and pods, and compares each. */
export async function checkEnvironments(kubectl: Kubectl, state: DesiredState): Promise<EnvCheck> {
  const own = new Set(state.workloads.map(({ kind, group }) => `${resourceOf(kind)}.${group}`));
  const resources = [...own, 'replicasets.apps', 'pods'].join();
  const answer = new Cursor(await kubectl.json(['get', resources, '--show-managed-fields']));
  const view = new ClusterView();
  for (const object of answer.at('items').items) view.take({ type: 'ADDED', object: object.value });
  return environmentCheck(kubectl, state, view);
}

/** The comparison itself, of what a view holds. */
export function environmentCheck(kubectl: Kubectl, state: DesiredState, view: ClusterView): EnvCheck {
  const checks = state.set.pods
    .filter(({ object }) => state.workloads.includes(object))
    .map((wanted) => workloadCheck(kubectl, wanted, view));
  return { faults: checks.flatMap(({ faults }) => faults), notes: checks.flatMap(({ notes }) => notes) };
}

function workloadCheck(kubectl: Kubectl, wanted: PodTemplate, view: ClusterView): EnvCheck {
  const live = view.find(wanted.object.kind, wanted.object.name);
  if (live === undefined) {
    const next = kubectl.line('get', resourceName(wanted.object));
    return {
      faults: [{ object: kindAndName(wanted.object), reason: 'gone', message: 'no longer exists', next }],
      notes: [],
    };
  }
  const template = differencesTo(wanted, live.value);
  const inTemplate = new Set(template.map(keyOf));
  // what a pod has and its template has not, an admission webhook or policy has put there
  const onPods = view
    .newPods(live)
    .flatMap((pod) => differencesTo(wanted, pod.value).map((it) => ({ ...it, pod: pod.at('metadata', 'name').text })))
    .filter((difference) => !inTemplate.has(keyOf(difference)));
  const once = [...new Map(onPods.map((it) => [keyOf(it), it])).values()];
  const found = [
    ...template.map((it) => ({ ...it, by: ownersText(live, it) })),
    ...once.map((it) => ({ ...it, by: podText(it.pod) })),
  ];
  return {
    faults: found.filter(({ reason }) => reason !== 'env-added').map((it) => faultOf(kubectl, wanted.object, it)),
    notes: found
      .filter(({ reason }) => reason === 'env-added')
      .map(
        (it) =>
          `${kindAndName(wanted.object)}: container ${it.container}: ${it.message}, ${it.by}; it does not affect our variables`,
      ),
  };
}

interface Found extends EnvDifference {
  readonly container: string;
  readonly pod?: string | undefined;
}

function differencesTo(wanted: PodTemplate, live: unknown): readonly Found[] {
  const [pod] = manifestSet([{ path: '', manifest: live }]).pods;
  const found = new Map((pod?.containers ?? []).map((container) => [container.name, container]));
  return wanted.containers.flatMap((container) =>
    containerDifferences(container, found.get(container.name)).map((it) => ({ ...it, container: container.name })),
  );
}

function containerDifferences(wanted: PodContainer, live: PodContainer | undefined): readonly EnvDifference[] {
  return envDifferences(rawEnv(wanted.at), live === undefined ? [] : rawEnv(live.at));
}

function keyOf({ container, variable, reason }: Found): string {
  return `${container} ${variable} ${reason}`;
}

function ownersText(live: Cursor, { container, variable }: Found): string {
  const owners = others(envOwners(live, container, variable));
  const all = owners.length > 0 ? owners : others(envListOwners(live, container));
  if (all.length === 0)
    return 'set by no other field manager: it was changed and reverted in the meantime, so deploy again';
  return `set by the field manager ${all.map(ownerText).join(' and ')}`;
}

function others(owners: readonly FieldOwner[]): readonly FieldOwner[] {
  return owners.filter(({ manager }) => manager !== FIELD_MANAGER);
}

function ownerText({ manager, operation, time }: FieldOwner): string {
  return `"${manager}" (${operation}, ${time})`;
}

function podText(pod: string | undefined): string {
  return `only on the pod ${pod ?? ''}, not in its template: an admission webhook or policy added it`;
}

function faultOf(
  kubectl: Kubectl,
  object: ManifestObject,
  { container, variable, reason, message, by }: Found & { by: string },
): DeployFault {
  const isOurs = reason === 'env-value' || reason === 'env-order' || reason === 'env-missing';
  return {
    object: kindAndName(object),
    reason,
    message: `container ${container}: ${message}; ${by}`,
    next: isOurs
      ? 'npm run deploy -- --force-conflicts   (takes over the list)'
      : kubectl.line('set', 'env', resourceName(object), `${variable}-`, '--containers', container),
  };
}

function resourceName({ kind, name }: ManifestObject): string {
  return `${kind.toLowerCase()}/${name}`;
}
