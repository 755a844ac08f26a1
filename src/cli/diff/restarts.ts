/** Which change of a workload makes new pods, and what the containers see of it. */
import { expandContainerEnv, looksLikeCredential } from '#env';
import { Cursor, manifestSet, storedGroup } from '#manifests';
import type { ManifestObject } from '#manifests';
import { HIDDEN } from './credentials.ts';
import { containersOf } from '../lint/containers.ts';
import type { FieldChange } from './field-changes.ts';

/** Kinds that replace their pods when `spec.template` changes. */
const REPLACING: ReadonlySet<string> = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'argoproj.io/Rollout',
]);
const TEMPLATE = 'spec.template';
const ENVIRONMENT = /\b(?:initC|c|ephemeralC)ontainers\[[^\]]*\]\.env\b(?!From)/;

/** Whether a field is part of a container's `env`, which is told by its values. */
export function isEnvironment({ field }: FieldChange): boolean {
  return ENVIRONMENT.test(field);
}

/**
 * Fields of the pods that differ, given every field of the workload that does; empty when no pods are replaced. Variables
 * are told by their values after expansion.
 */
export function restartReasons(
  before: ManifestObject,
  after: ManifestObject,
  changes: readonly FieldChange[],
): readonly FieldChange[] {
  if (!REPLACING.has(`${storedGroup(after.group, after.kind)}/${after.kind}`)) return [];
  const prefix = `${TEMPLATE}.`;
  const inTemplate = changes.filter(({ field }) => field.startsWith(prefix) || field === TEMPLATE);
  if (inTemplate.length === 0) return [];
  const short = inTemplate.map((change) => ({ ...change, field: change.field.slice(prefix.length) }));
  const reasons = [...short.filter((change) => !isEnvironment(change)), ...environmentChanges(before, after)];
  // a list in another order replaces the pods too
  return reasons.length > 0 ? reasons : short;
}

/** A variable as the container gets it, and as it may be shown. */
interface Seen {
  readonly value: string;
  readonly shown: string;
}

/** Variables of containers that are there before and after, by their values after expansion; credentials are hidden. */
export function environmentChanges(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const [old, now] = [environments(before), environments(after)];
  return [...now].flatMap(([container, variables]) => {
    const earlier = old.get(container);
    if (earlier === undefined) return [];
    const names = new Set([...earlier.keys(), ...variables.keys()]);
    return [...names]
      .filter((name) => earlier.get(name)?.value !== variables.get(name)?.value)
      .map((name) => ({
        field: `env of ${container}.${name}`,
        before: earlier.get(name)?.shown,
        after: variables.get(name)?.shown,
      }));
  });
}

/** Variables by container and name. What comes by reference stands as its source. */
function environments({ root }: ManifestObject): ReadonlyMap<string, ReadonlyMap<string, Seen>> {
  const { pods } = manifestSet([{ path: '', manifest: root.value }]);
  return new Map(
    pods.flatMap((pod) =>
      containersOf(pod).map(({ name, entries }): [string, ReadonlyMap<string, Seen>] => {
        const resolve = (entry: { readonly valueFrom?: unknown }): string => sourceOf(new Cursor(entry.valueFrom));
        const { values } = expandContainerEnv({ env: entries, resolve });
        // a credential is hidden where it stands and wherever it is put in
        const hidden = entries.map((entry) =>
          looksLikeCredential(entry.name, entry.value ?? '') === undefined ? entry : { ...entry, value: HIDDEN },
        );
        const { values: shown } = expandContainerEnv({ env: hidden, resolve });
        return [name, new Map(Object.entries(values).map(([key, value]) => [key, { value, shown: shown[key] ?? '' }]))];
      }),
    ),
  );
}

function sourceOf(valueFrom: Cursor): string {
  for (const [kind, ref] of valueFrom.entries) {
    const words = ['name', 'key', 'fieldPath', 'resource'].flatMap((field) => ref.at(field).text ?? []);
    return `<${kind.replace(/Ref$/, '')} ${words.join(' ')}>`;
  }
  return '<nothing>';
}
