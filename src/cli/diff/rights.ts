/** Rights of RBAC that one set of objects gives and another did not. */
import type { ManifestSet } from '#manifests';
import type { Cursor } from '#manifests';

interface Right {
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  readonly verb: string;
}

/** A line for each Role and binding that gives more than before. */
export function rightsGained(before: ManifestSet, after: ManifestSet): readonly string[] {
  return [
    ...['Role', 'ClusterRole'].flatMap((kind) =>
      after.ofKind(kind).flatMap((role) => {
        const held = rightsOf(before.find(kind, role.namespace, role.name)?.root.at('rules').items ?? []);
        const gained = rightsOf(role.root.at('rules').items).filter((right) => !held.some((it) => covers(it, right)));
        return grouped(gained).map((text) => `${kind}/${role.name} may ${text}`);
      }),
    ),
    ...['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) =>
      after.ofKind(kind).flatMap((binding) => {
        const held = subjectsOf(before.find(kind, binding.namespace, binding.name)?.root);
        const role = `${binding.root.at('roleRef', 'kind').text ?? '?'}/${binding.root.at('roleRef', 'name').text ?? '?'}`;
        return subjectsOf(binding.root)
          .filter((subject) => !held.includes(subject))
          .map((subject) => `${subject} has ${role} by ${kind}/${binding.name}`);
      }),
    ),
  ];
}

function rightsOf(rules: readonly Cursor[]): readonly Right[] {
  return rules.flatMap((rule) => {
    const words = (field: string): readonly string[] => rule.at(field).items.flatMap((it) => it.text ?? []);
    const names = words('resourceNames').length === 0 ? ['*'] : words('resourceNames');
    const resources = [...words('resources'), ...words('nonResourceURLs')];
    const groups = words('apiGroups').length === 0 ? [''] : words('apiGroups');
    return groups.flatMap((group) =>
      resources.flatMap((resource) =>
        names.flatMap((name) => words('verbs').map((verb) => ({ group, resource, name, verb }))),
      ),
    );
  });
}

function covers(held: Right, right: Right): boolean {
  const fields = ['group', 'resource', 'name', 'verb'] as const;
  return fields.every((field) => held[field] === '*' || held[field] === right[field]);
}

function grouped(rights: readonly Right[]): readonly string[] {
  const verbs = new Map<string, string[]>();
  for (const { group, resource, name, verb } of rights) {
    const target = `${group === '' ? '' : `${group}/`}${resource}${name === '*' ? '' : ` ${name}`}`;
    verbs.set(target, [...(verbs.get(target) ?? []), verb]);
  }
  return [...verbs].map(([target, list]) => `${list.join(', ')} ${target}`);
}

function subjectsOf(root: Cursor | undefined): readonly string[] {
  return (root?.at('subjects').items ?? []).map((subject) =>
    ['kind', 'namespace', 'name'].flatMap((field) => subject.at(field).text ?? []).join('/'),
  );
}
