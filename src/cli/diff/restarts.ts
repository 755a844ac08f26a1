/** Which change of a workload makes new pods, and what the containers see of it. */
import { expandContainerEnv, looksLikeCredential } from '#env';
import { Cursor, manifestSet } from '#manifests';
import type { ManifestObject } from '#manifests';
import { containersOf } from '../lint/containers.ts';
import { fieldChanges, type FieldChange } from './field-changes.ts';

const TEMPLATE: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
};

/** Fields of the pods that differ; empty when no pod is made anew. Variables are told by their values after expansion. */
export function restartReasons(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const path = TEMPLATE[after.kind];
  if (path === undefined) return [];
  const [old, now] = [before, after].map(({ root }) => root.along(path).value);
  const changes = fieldChanges(old, now).filter(
    ({ field }) => !/^spec\.(?:initC|c)ontainers\[[^\]]*\]\.env\b/.test(field),
  );
  const env = environmentChanges(before, after);
  const all = [...changes, ...env];
  // a list in another order makes new pods too
  return all.length > 0 || fieldChanges(old, now).length === 0
    ? all
    : [{ field: 'env', before: 'in one order', after: 'in another' }];
}

/** Variables of containers that are there before and after, by their values after expansion. */
export function environmentChanges(before: ManifestObject, after: ManifestObject): readonly FieldChange[] {
  const [old, now] = [environments(before), environments(after)];
  return [...now].flatMap(([container, values]) => {
    const earlier = old.get(container);
    return earlier === undefined ? [] : fieldChanges(earlier, values, `env of ${container}`);
  });
}

/** Values by container and name. What comes by reference stands as its source, a credential hidden. */
function environments({ root }: ManifestObject): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const { pods } = manifestSet([{ path: '', manifest: root.value }]);
  return new Map(
    pods.flatMap((pod) =>
      containersOf(pod).map(({ name, entries }): [string, Readonly<Record<string, string>>] => {
        const { values } = expandContainerEnv({
          env: entries,
          resolve: (entry) => sourceOf(new Cursor(entry.valueFrom)),
        });
        const shown = Object.entries(values).map(([key, value]): [string, string] => [
          key,
          looksLikeCredential(key, value) === undefined ? value : '(hidden)',
        ]);
        return [name, Object.fromEntries(shown)];
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
