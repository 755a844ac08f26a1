/**
 * Secrets that objects read, and their keys. Which there are is known from two sides: lists of what is created beside the
 * set, and the objects from which an operator creates them. The latter name the keys that a Secret will really have, so
 * they are always compared; a list is often derived from the readers themselves.
 */
import { parse } from 'yaml';
import { Cursor } from '../cursor.ts';
import type { ManifestObject } from '../manifest-set.ts';
import { REQUIRED_SECRETS_KEY, REQUIRED_SECRETS_LABEL, type ListsByText } from '../required-secret-list.ts';
import { secretReferences, type SecretReference } from '../secret-references.ts';
import { faultAt, isElsewhere, nearest } from './check.ts';
import type { CheckInput, KnownSecret, ManifestFault } from './check.ts';

/** A Secret that an operator creates from an object of the set. */
interface OperatorSecret extends KnownSecret {
  readonly from: ManifestObject;
}

/** Every reference to a Secret or key that will not exist. */
export function secretFaults(input: CheckInput): readonly ManifestFault[] {
  const made = [
    ...input.set.ofKind('SealedSecret').map(sealedSecret),
    ...input.set.ofKind('ExternalSecret').map(externalSecret),
  ];
  const plain = input.set.ofKind('Secret').map(plainSecret);
  const listed = listedSecrets(input);
  return secretReferences(input.set)
    .filter(({ optional, name }) => !optional && !isElsewhere(input, name))
    .flatMap((reference) => {
      const own = made.filter((it) => isOf(it, reference));
      const [first] = own;
      if (first === undefined) {
        return listed === undefined ? [] : listFaults(reference, [...listed, ...plain, ...made]);
      }
      const others = [...(input.options.secrets ?? []), ...plain].filter((it) => isOf(it, reference));
      return operatorFaults(reference, first.from, [...own, ...others]);
    });
}

function isOf(secret: KnownSecret, { name, namespace }: SecretReference): boolean {
  return secret.name === name && (secret.namespace ?? namespace) === namespace;
}

function operatorFaults(
  { reader, at, name, key }: SecretReference,
  { kind, name: object }: ManifestObject,
  same: readonly KnownSecret[],
): ManifestFault[] {
  const keys = same.flatMap((it) => it.keys ?? []);
  if (key === undefined || same.some((it) => it.keys === undefined) || keys.includes(key)) return [];
  const place = object === name ? `the ${kind} ${name}` : `the ${kind} ${object}, which creates the Secret ${name},`;
  const message = `${place} has no key ${key}, so the container cannot start: ${nearest(key, keys)}`;
  return [faultAt(reader, at, 'secret-key', message)];
}

function listFaults(reference: SecretReference, known: readonly KnownSecret[]): ManifestFault[] {
  const { reader, at, name, key } = reference;
  const same = known.filter((it) => isOf(it, reference));
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
}

/** Secrets of the options and of lists in the set; undefined when nobody lists any. */
function listedSecrets({ set, options, lists: byText }: CheckInput): readonly KnownSecret[] | undefined {
  const lists = set
    .ofKind('ConfigMap')
    .filter((it) => it.root.at('metadata', 'labels', REQUIRED_SECRETS_LABEL).text === 'true');
  if (options.secrets === undefined && lists.length === 0) return undefined;
  return [...(options.secrets ?? []), ...lists.flatMap((list) => entriesOf(list, byText))];
}

function entriesOf(list: ManifestObject, byText: ListsByText): readonly KnownSecret[] {
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

function plainSecret({ name, namespace, root }: ManifestObject): KnownSecret {
  return { name, namespace, keys: keysOf(root.at('data'), root.at('stringData')) };
}

/**
 * The Secret always has the name of the SealedSecret, whatever its template says. A template adds keys, and removes those that it
 * sets to null; a SealedSecret may also patch a Secret that has others.
 */
function sealedSecret(from: ManifestObject): OperatorSecret {
  const { name, namespace, root } = from;
  const template = root.at('spec', 'template');
  if (template.at('metadata', 'annotations', 'sealedsecrets.bitnami.com/patch').text === 'true') {
    return { name, namespace, from };
  }
  const written = template.at('data');
  const keys = keysOf(root.at('spec', 'encryptedData'), written);
  return { name, namespace, from, keys: keys.filter((key) => written.at(key).value !== null) };
}

/** Keys of a template replace those of `data`, unless it merges. Whatever it finds, or shares, has keys that it does not name. */
function externalSecret(from: ManifestObject): OperatorSecret {
  const { namespace, root } = from;
  const target = root.at('spec', 'target');
  const template = target.at('template');
  const name = target.at('name').text ?? from.name;
  const isOwner = ['Owner', 'Orphan', undefined].includes(target.at('creationPolicy').text);
  const isNamed = !root.at('spec', 'dataFrom').exists && !template.at('templateFrom').exists;
  if (!isOwner || !isNamed) return { name, namespace, from };
  const fetched = root.at('spec', 'data').items.flatMap((it) => it.at('secretKey').text ?? []);
  const written = keysOf(template.at('data'));
  if (written.length === 0) return { name, namespace, from, keys: fetched };
  return template.at('mergePolicy').text === 'Merge'
    ? { name, namespace, from, keys: [...fetched, ...written] }
    : { name, namespace, from, keys: written };
}

function keysOf(...maps: readonly Cursor[]): readonly string[] {
  return maps.flatMap((map) => map.entries.map(([key]) => key));
}
