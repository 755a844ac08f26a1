/** How a variable of a container comes by its value: what it is at last, what it is made of, and what it shadows. */
import { looksLikeCredential, referencesOf, scan } from '#env';
import type { RawEnv } from '#env';
import type { Cursor, ManifestObject, ManifestSet, PodTemplate } from '#manifests';
import { containersOf, type LintedContainer } from '../lint/containers.ts';

/** One definition of a name: where it stands and what it gives when the list is walked to it. */
export interface Definition {
  readonly name: string;
  /** Such as `env[2]`, `envFrom ConfigMap defaults key HOST`. */
  readonly source: string;
  /** JSON pointer into the object of the workload; undefined for a key of another object. */
  readonly pointer: string | undefined;
  /** The literal as it is written, secrets hidden; undefined when it comes by reference. */
  readonly written: string | undefined;
  /** What it gives, secrets hidden. */
  readonly value: string;
  /** What each of its references read, in the order of the text. */
  readonly parts: readonly Part[];
}

/** What a reference in a value read. */
export interface Part {
  readonly name: string;
  /** The definition that it read; undefined when nothing above gives the name, and it stays as it is written. */
  readonly definition: Definition | undefined;
  /** Why nothing gives it. */
  readonly reason: string;
}

/** A variable of one container. */
export interface Explanation {
  readonly workload: ManifestObject;
  readonly container: string;
  readonly variable: string;
  /** The definition that holds; undefined when the container has none. */
  readonly definition: Definition | undefined;
  /** Definitions of the same name that the last one covers, the latest first. */
  readonly shadowed: readonly Definition[];
}

/** Explains a variable in every container of a pod. */
export function explain(pod: PodTemplate, variable: string, set: ManifestSet): readonly Explanation[] {
  return containersOf(pod).map((container) => {
    const definitions = walk(container, pod.object, set);
    const same = definitions.filter(({ name }) => name === variable).reverse();
    const [definition, ...shadowed] = same;
    return { workload: pod.object, container: container.name, variable, definition, shadowed };
  });
}

/** Names that a container has. */
export function variablesOf(pod: PodTemplate, set: ManifestSet): readonly string[] {
  return [
    ...new Set(containersOf(pod).flatMap((container) => walk(container, pod.object, set).map(({ name }) => name))),
  ];
}

/** Every definition in the order in which the kubelet meets them: sources first, then the list. */
function walk(container: LintedContainer, workload: ManifestObject, set: ManifestSet): readonly Definition[] {
  const definitions = container.at.at('envFrom').items.flatMap((entry) => inherited(entry, workload, set));
  const current = new Map(definitions.map((definition) => [definition.name, definition]));
  const later = new Set(container.entries.map(({ name }) => name));
  for (const entry of container.entries) {
    const definition = defined(entry, current, later, workload, set);
    definitions.push(definition);
    current.set(entry.name, definition);
  }
  return definitions;
}

function inherited(entry: Cursor, { namespace }: ManifestObject, set: ManifestSet): Definition[] {
  const prefix = entry.at('prefix').text ?? '';
  const secret = entry.at('secretRef', 'name').text;
  const name = secret ?? entry.at('configMapRef', 'name').text ?? '';
  const kind = secret === undefined ? 'ConfigMap' : 'Secret';
  const made = set.find(kind, namespace, name);
  const fields = kind === 'Secret' ? ['data', 'stringData'] : ['data'];
  const keys = fields.flatMap((field) => made?.root.at(field).entries ?? []);
  return keys.map(([key, at]) => ({
    name: prefix + key,
    source: `envFrom ${kind} ${name} key ${key}`,
    pointer: undefined,
    written: undefined,
    value: kind === 'Secret' ? hidden(`Secret ${name} key ${key}`) : shown(prefix + key, at.text ?? ''),
    parts: [],
  }));
}

function defined(
  entry: RawEnv & { readonly at: Cursor },
  current: ReadonlyMap<string, Definition>,
  later: ReadonlySet<string>,
  workload: ManifestObject,
  set: ManifestSet,
): Definition {
  const { name, at } = entry;
  const index = at.pointer.split('/').at(-1) ?? '';
  const base = { name, pointer: at.pointer };
  const literal = entry.value ?? '';
  if (literal === '' && at.at('valueFrom').exists) {
    const { source, value } = referred(name, at.at('valueFrom'), workload, set);
    return { ...base, source: `env[${index}], ${source}`, written: undefined, value, parts: [] };
  }
  const parts = referencesOf(literal).map((it) => partOf(it, current, later));
  const value = scan(literal)
    .map((token) => (token.kind === 'reference' ? (current.get(token.name)?.value ?? token.raw) : token.text))
    .join('');
  return { ...base, source: `env[${index}]`, written: shown(name, literal), value: shown(name, value, literal), parts };
}

function partOf(name: string, current: ReadonlyMap<string, Definition>, later: ReadonlySet<string>): Part {
  const definition = current.get(name);
  const reason = later.has(name) ? 'it stands further down' : 'nothing in the manifests gives it';
  return { name, definition, reason };
}

function referred(
  variable: string,
  valueFrom: Cursor,
  { namespace }: ManifestObject,
  set: ManifestSet,
): { readonly source: string; readonly value: string } {
  const secret = valueFrom.at('secretKeyRef');
  if (secret.exists) {
    const source = `Secret ${secret.at('name').text ?? '?'} key ${secret.at('key').text ?? '?'}${optional(secret)}`;
    return { source, value: hidden(source) };
  }
  const map = valueFrom.at('configMapKeyRef');
  if (map.exists) {
    const [name, key] = [map.at('name').text ?? '?', map.at('key').text ?? '?'];
    const source = `ConfigMap ${name} key ${key}${optional(map)}`;
    const value = set.find('ConfigMap', namespace, name)?.root.at('data', key).text;
    return {
      source,
      value: value === undefined ? `<${source}, which is not among the manifests>` : shown(variable, value),
    };
  }
  const field = valueFrom.at('fieldRef', 'fieldPath').text ?? valueFrom.at('resourceFieldRef', 'resource').text;
  const source = `field ${field ?? JSON.stringify(valueFrom.value)}`;
  return { source, value: `<${source}>` };
}

function optional(ref: Cursor): string {
  return ref.at('optional').value === true ? ' (optional)' : '';
}

/** A value as it may be shown: one that looks like a credential is not, and neither is what holds one in a URL. */
function shown(name: string, value: string, literal = value): string {
  return looksLikeCredential(name, literal) === undefined ? value : hidden('a literal that looks like a credential');
}

function hidden(what: string): string {
  return `<hidden: ${what}>`;
}
