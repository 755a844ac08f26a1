/** What objects refer to by name: ServiceAccounts, Roles, ConfigMaps and Secrets with their keys, claims. */
import { parse } from 'yaml';
import { Cursor } from '../cursor.ts';
import type { ManifestObject, PodTemplate } from '../manifest-set.ts';
import { REQUIRED_SECRETS_KEY, REQUIRED_SECRETS_LABEL, type ListsByText } from '../required-secret-list.ts';
import { secretReferences } from '../secret-references.ts';
import { configMapReferences } from '../config-map-references.ts';
import type { CheckRule } from './check-rule.ts';
import { faultAt, isElsewhere, nearest } from './check.ts';
import type { CheckInput, KnownSecret, ManifestFault } from './check.ts';

/** Every reference that leads nowhere. */
export function referenceFaults(input: CheckInput): readonly ManifestFault[] {
  return [
    ...input.set.pods.flatMap((pod) => [...accountFaults(input, pod), ...claimFaults(input, pod)]),
    ...input.set.ofKind('RoleBinding').flatMap((binding) => bindingFaults(input, binding)),
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
  const namespace = subject.at('namespace').text ?? binding.namespace;
  if (namespace === binding.namespace) {
    return missing(input, binding, subject.at('name'), 'ServiceAccount', 'service-account-missing', consequence);
  }
  const name = subject.at('name').text;
  const accounts = input.set.ofKind('ServiceAccount');
  if (name === undefined || isElsewhere(input, name)) return [];
  if (input.set.find('ServiceAccount', namespace, name) !== undefined) return [];
  const twin = accounts.find((it) => it.name === name);
  const isOurs = input.set.objects.some((it) => it.namespace === namespace);
  if (twin === undefined && !isOurs) return [];
  const hint =
    twin === undefined
      ? nearest(
          name,
          accounts.filter((it) => it.namespace === namespace).map((it) => it.name),
        )
      : `did you mean the one of the namespace ${twin.namespace}`;
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
  const names = input.set.ofKind(kind).map((it) => it.name);
  const message = `the ${kind} ${at.text} does not exist in the namespace, so ${consequence}: ${nearest(at.text, names)}`;
  return [faultAt(object, at, rule, message)];
}

function configMapFaults(input: CheckInput): ManifestFault[] {
  const { set } = input;
  return configMapReferences(set).flatMap(({ reader, name, key, at }) => {
    if (isElsewhere(input, name)) return [];
    const configMap = set.find('ConfigMap', reader.namespace, name);
    if (configMap === undefined) {
      const names = set.ofKind('ConfigMap').map((it) => it.name);
      const message = `the ConfigMap ${name} does not exist in the namespace, so the container cannot start: ${nearest(name, names)}`;
      return [faultAt(reader, at, 'config-map-missing', message)];
    }
    const keys = ['data', 'binaryData'].flatMap((field) => configMap.root.at(field).entries.map(([it]) => it));
    if (key === undefined || keys.includes(key)) return [];
    const message = `the ConfigMap ${name} has no key ${key}, so the container cannot start: ${nearest(key, keys)}`;
    return [faultAt(reader, at, 'config-map-key', message)];
  });
}

function secretFaults(input: CheckInput): ManifestFault[] {
  const known = knownSecrets(input);
  if (known === undefined) return [];
  return secretReferences(input.set)
    .filter((reference) => !reference.optional && !isElsewhere(input, reference.name))
    .flatMap(({ reader, namespace, name, key, at }) => {
      const same = known.filter((it) => it.name === name && (it.namespace ?? namespace) === namespace);
      if (same.length === 0) {
        const message = `the Secret ${name} is not in the list of required Secrets, so the pod might never start: ${nearest(
          name,
          known.map((it) => it.name),
        )}, or list it`;
        return [faultAt(reader, at, 'secret-missing', message)];
      }
      const keys = same.flatMap((it) => it.keys ?? []);
      if (key === undefined || same.some((it) => it.keys === undefined) || keys.includes(key)) return [];
      const message = `the list of required Secrets has no key ${key} for the Secret ${name}, so the container might never start: ${nearest(key, keys)}, or list it`;
      return [faultAt(reader, at, 'secret-key', message)];
    });
}

/** Secrets of the options, of a list in the set, and those that other objects make; undefined when nobody lists any. */
function knownSecrets({ set, options, lists: byText }: CheckInput): readonly KnownSecret[] | undefined {
  const lists = set
    .ofKind('ConfigMap')
    .filter((it) => it.root.at('metadata', 'labels', REQUIRED_SECRETS_LABEL).text === 'true');
  if (options.secrets === undefined && lists.length === 0) return undefined;
  const made = ['Secret', 'SealedSecret', 'ExternalSecret'].flatMap((kind) => set.ofKind(kind).map(madeSecret));
  return [...(options.secrets ?? []), ...lists.flatMap((list) => listedSecrets(list, byText)), ...made];
}

function listedSecrets(list: ManifestObject, byText: ListsByText): readonly KnownSecret[] {
  const text = list.root.at('data', REQUIRED_SECRETS_KEY).text ?? '';
  return new Cursor(byText.get(text) ?? parse(text)).items.flatMap((entry) => {
    const name = entry.at('name').text;
    if (name === undefined) return [];
    const keys = entry.at('keys').items.flatMap((it) => it.at('key').text ?? []);
    // one that is only read as a whole is listed without keys
    const namespace = entry.at('namespace').text ?? list.namespace;
    return [keys.length === 0 ? { name, namespace } : { name, namespace, keys }];
  });
}

function madeSecret({ kind, name, namespace, root }: ManifestObject): KnownSecret {
  if (kind === 'ExternalSecret') {
    const keys = root.at('spec', 'data').items.flatMap((it) => it.at('secretKey').text ?? []);
    const made = root.at('spec', 'target', 'name').text ?? name;
    return root.at('spec', 'dataFrom').exists ? { name: made, namespace } : { name: made, namespace, keys };
  }
  const fields =
    kind === 'SealedSecret' ? [root.at('spec', 'encryptedData')] : [root.at('data'), root.at('stringData')];
  return { name, namespace, keys: fields.flatMap((field) => field.entries.map(([key]) => key)) };
}
