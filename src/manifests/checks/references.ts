/** What objects refer to by name: ServiceAccounts, Roles, ConfigMaps with their keys, claims; Secrets are in secrets.ts. */
import type { Cursor } from '../cursor.ts';
import type { ManifestObject, PodTemplate } from '../manifest-set.ts';
import { configMapReferences } from '../config-map-references.ts';
import type { CheckRule } from './check-rule.ts';
import { faultAt, isElsewhere, nearest, nearestObject } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
import { secretFaults } from './secrets.ts';

/** Every reference that leads nowhere. */
export function referenceFaults(input: CheckInput): readonly ManifestFault[] {
  return [
    ...input.set.pods.flatMap((pod) => [...accountFaults(input, pod), ...claimFaults(input, pod)]),
    ...['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) =>
      input.set.ofKind(kind).flatMap((binding) => bindingFaults(input, binding)),
    ),
    ...configMapFaults(input),
    ...secretFaults(input),
  ];
}

function accountFaults(input: CheckInput, pod: PodTemplate): ManifestFault[] {
  const at = pod.spec.at('serviceAccountName');
  if (at.text === undefined || at.text === 'default') return [];
  return missing(input, pod.object, at, 'ServiceAccount', 'service-account-missing', 'no pod can be created');
}

function claimFaults(input: CheckInput, pod: PodTemplate): ManifestFault[] {
  return pod.spec.at('volumes').items.flatMap((volume) => {
    const at = volume.at('persistentVolumeClaim', 'claimName');
    return missing(input, pod.object, at, 'PersistentVolumeClaim', 'claim-missing', 'the pod never starts');
  });
}

function bindingFaults(input: CheckInput, binding: ManifestObject): ManifestFault[] {
  const role = binding.root.at('roleRef');
  const subjects = binding.root.at('subjects').items.filter((it) => it.at('kind').text === 'ServiceAccount');
  const consequence = 'the binding grants nothing';
  return [
    ...(role.at('kind').text === 'Role'
      ? missing(input, binding, role.at('name'), 'Role', 'role-missing', consequence)
      : []),
    ...subjects
      .filter((it) => it.at('name').text !== 'default')
      .flatMap((it) => missingAccount(input, binding, it, consequence)),
  ];
}

/** A subject may be of another namespace; one that nothing of the set is in cannot be judged. */
function missingAccount(
  input: CheckInput,
  binding: ManifestObject,
  subject: Cursor,
  consequence: string,
): ManifestFault[] {
  const stated = subject.at('namespace').text;
  if (stated === undefined && (binding.kind === 'ClusterRoleBinding' || binding.namespace !== '')) {
    const message = `the subject ${subject.at('name').text ?? ''} is a ServiceAccount without a namespace, which the API server rejects: set namespace beside its name`;
    return [faultAt(binding, subject, 'service-account-missing', message)];
  }
  const namespace = stated ?? binding.namespace;
  if (binding.kind === 'RoleBinding' && namespace === binding.namespace) {
    return missing(input, binding, subject.at('name'), 'ServiceAccount', 'service-account-missing', consequence);
  }
  const name = subject.at('name').text;
  const accounts = input.set.ofKind('ServiceAccount');
  if (name === undefined || isElsewhere(input, name)) return [];
  if (input.set.find('ServiceAccount', namespace, name) !== undefined) return [];
  const twin = accounts.find((it) => it.name === name);
  // one without a namespace may be applied to that of the subject, by `kubectl apply --namespace`
  if (twin?.namespace === '') return [];
  const isOurs = input.set.objects.some((it) => it.namespace === namespace);
  if (twin === undefined && !isOurs) return [];
  const hint =
    twin === undefined
      ? nearestObject(input.set, 'ServiceAccount', namespace, name)
      : `write the namespace ${twin.namespace}, which has this ServiceAccount`;
  const message = `the ServiceAccount ${name} does not exist in the namespace ${namespace}, so ${consequence}: ${hint}`;
  return [faultAt(binding, subject, 'service-account-missing', message)];
}

function missing(
  input: CheckInput,
  object: ManifestObject,
  at: Cursor,
  kind: string,
  rule: CheckRule,
  consequence: string,
): ManifestFault[] {
  if (at.text === undefined || isElsewhere(input, at.text)) return [];
  if (input.set.find(kind, object.namespace, at.text) !== undefined) return [];
  const hint = nearestObject(input.set, kind, object.namespace, at.text);
  const message = `the ${kind} ${at.text} does not exist in the namespace, so ${consequence}: ${hint}`;
  return [faultAt(object, at, rule, message)];
}

function configMapFaults(input: CheckInput): ManifestFault[] {
  const { set } = input;
  return configMapReferences(set).flatMap(({ reader, name, key, at }) => {
    if (isElsewhere(input, name)) return [];
    const configMap = set.find('ConfigMap', reader.namespace, name);
    if (configMap === undefined) {
      const hint = nearestObject(set, 'ConfigMap', reader.namespace, name);
      const message = `the ConfigMap ${name} does not exist in the namespace, so the container cannot start: ${hint}`;
      return [faultAt(reader, at, 'config-map-missing', message)];
    }
    const keys = ['data', 'binaryData'].flatMap((field) => configMap.root.at(field).entries.map(([it]) => it));
    if (key === undefined || keys.includes(key)) return [];
    const message = `the ConfigMap ${name} has no key ${key}, so the container cannot start: ${nearest(key, keys)}`;
    return [faultAt(reader, at, 'config-map-key', message)];
  });
}
