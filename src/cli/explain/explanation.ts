/** How a variable of a container comes by its value: what it is at last, what it is made of, and what it shadows. */
import { referencesOf, scan } from '#env';
import type { RawEnv } from '#env';
import { hideCredentials } from '#credential';
import { isApiServerVariable, serviceOfLink } from '#service-links';
import type { Cursor, ManifestObject, ManifestSet, PodTemplate } from '#manifests';
import { containersOf, type LintedContainer } from '../lint/containers.ts';

/** One definition of a name: where it stands and what it gives when the list is walked to it. */
export interface Definition {
  readonly name: string;
  /** Such as `env[2]`, `envFrom ConfigMap defaults key HOST`. */
  readonly source: string;
  /** JSON pointer into the object of the workload; undefined for a key of another object. */
  readonly pointer: string | undefined;
  /** The unexpanded literal, with secrets hidden; undefined for a reference. */
  readonly written: string | undefined;
  /** What it gives, secrets hidden. */
  readonly value: string;
  /** What each of its references read, in the order of the text. */
  readonly parts: readonly Part[];
}

/** What a reference in a value read. */
export interface Part {
  readonly name: string;
  /** The definition that it read; undefined if nothing above defines the name, so it is not expanded. */
  readonly definition: Definition | undefined;
  /** What a cluster gives in its place, in words; undefined when nothing does. */
  readonly given?: string;
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
    const definitions = walk(container, pod, set);
    const same = definitions.filter(({ name }) => name === variable).reverse();
    const [first, ...shadowed] = same;
    const definition = first ?? (isApiServerVariable(variable) ? givenByKubelet(variable) : undefined);
    return { workload: pod.object, container: container.name, variable, definition, shadowed };
  });
}

/** Names that a container has. */
export function variablesOf(pod: PodTemplate, set: ManifestSet): readonly string[] {
  return [...new Set(containersOf(pod).flatMap((container) => walk(container, pod, set).map(({ name }) => name)))];
}

/** Every definition in the order in which the kubelet meets them: sources first, then the list. */
function walk(
  container: LintedContainer,
  { object: workload, spec }: PodTemplate,
  set: ManifestSet,
): readonly Definition[] {
  const serviceLinks = spec.at('enableServiceLinks').value !== false;
  const definitions = container.at.at('envFrom').items.flatMap((entry) => inherited(entry, workload, set));
  const current = new Map(definitions.map((definition) => [definition.name, definition]));
  const around: Surroundings = {
    current,
    later: new Set(container.entries.map(({ name }) => name)),
    services: set
      .ofKind('Service')
      .filter(({ namespace }) => namespace === workload.namespace)
      .map(({ name }) => name),
    serviceLinks,
  };
  for (const entry of container.entries) {
    const definition = defined(entry, around, workload, set);
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
    ...plainParts(at.text ?? '', 'envFrom'),
  }));
}

/** References in a text of another object, none of which is expanded. */
function plainParts(text: string, source: string): Pick<Definition, 'parts'> {
  const parts = referencesOf(text)
    .filter((name) => /^[A-Za-z_]\w*$/.test(name))
    .map((name) => ({
      name,
      definition: undefined,
      reason: `text from ${source} is never expanded: define the variable in env with a value`,
    }));
  return { parts };
}

/** What a reference may read, while the list is walked. */
interface Surroundings {
  readonly current: ReadonlyMap<string, Definition>;
  readonly later: ReadonlySet<string>;
  /** Names of the Services of the namespace. */
  readonly services: readonly string[];
  readonly serviceLinks: boolean;
}

function defined(
  entry: RawEnv & { readonly at: Cursor },
  around: Surroundings,
  workload: ManifestObject,
  set: ManifestSet,
): Definition {
  const { name, at } = entry;
  const index = at.pointer.split('/').at(-1) ?? '';
  const base = { name, pointer: at.pointer };
  const literal = entry.value ?? '';
  if (literal === '' && at.at('valueFrom').exists) {
    const { source, value, text } = referred(name, at.at('valueFrom'), workload, set);
    return { ...base, source: `env[${index}], ${source}`, written: undefined, value, ...plainParts(text, 'valueFrom') };
  }
  const parts = referencesOf(literal).map((it) => partOf(it, around));
  const given = new Map(parts.map((part) => [part.name, part.definition?.value ?? part.given]));
  // the text between is shown without its credentials
  const value = scan(shown(name, literal))
    .map((token) => (token.kind === 'reference' ? (given.get(token.name) ?? token.raw) : token.text))
    .join('');
  return { ...base, source: `env[${index}]`, written: shown(name, literal), value, parts };
}

function partOf(name: string, { current, later, services, serviceLinks }: Surroundings): Part {
  const definition = current.get(name);
  if (definition !== undefined) return { name, definition, reason: '' };
  if (isApiServerVariable(name)) {
    return { name, definition, given: apiServerValue(name), reason: 'set by every kubelet' };
  }
  if (later.has(name)) return { name, definition, reason: 'it is defined further down' };
  const service = serviceOfLink(name, services);
  if (service === undefined) return { name, definition, reason: 'nothing in the manifests defines it' };
  const link = `only the service link of Service ${service} defines it`;
  const reason = serviceLinks
    ? `${link}, if the Service exists before the pod: use the host name ${service} and its port`
    : `${link}, but enableServiceLinks is false: use the host name ${service} and its port`;
  return { name, definition, reason };
}

function givenByKubelet(name: string): Definition {
  const source = 'the kubelet, which sets it in every container';
  return { name, source, pointer: undefined, written: undefined, value: apiServerValue(name), parts: [] };
}

/** What a variable of the API server holds, as far as it is the same in every cluster. */
function apiServerValue(name: string): string {
  if (/_PROTO$/.test(name)) return 'tcp';
  if (/(?:_HOST|_ADDR)$/.test(name)) return API_SERVER;
  const isPort = /_SERVICE_PORT(?:_HTTPS)?$|_TCP_PORT$/.test(name);
  return isPort ? '443' : `tcp://${API_SERVER}:443`;
}

const API_SERVER = '<cluster address>';

function referred(
  variable: string,
  valueFrom: Cursor,
  { namespace }: ManifestObject,
  set: ManifestSet,
): { readonly source: string; readonly value: string; readonly text: string } {
  const secret = valueFrom.at('secretKeyRef');
  if (secret.exists) {
    const source = `Secret ${secret.at('name').text ?? '?'} key ${secret.at('key').text ?? '?'}${optional(secret)}`;
    const made = set.find('Secret', namespace, secret.at('name').text ?? '');
    const text = made?.root.at('stringData', secret.at('key').text ?? '').text ?? '';
    return { source, value: hidden(source), text };
  }
  const map = valueFrom.at('configMapKeyRef');
  if (map.exists) {
    const [name, key] = [map.at('name').text ?? '?', map.at('key').text ?? '?'];
    const source = `ConfigMap ${name} key ${key}${optional(map)}`;
    const value = set.find('ConfigMap', namespace, name)?.root.at('data', key).text;
    return {
      source,
      value: value === undefined ? `<${source}, which is not in the manifests>` : shown(variable, value),
      text: value ?? '',
    };
  }
  const field = valueFrom.at('fieldRef', 'fieldPath').text ?? valueFrom.at('resourceFieldRef', 'resource').text;
  const source = `field ${field ?? JSON.stringify(valueFrom.value)}`;
  return { source, value: `<${source}>`, text: '' };
}

function optional(ref: Cursor): string {
  return ref.at('optional').value === true ? ' (optional)' : '';
}

/** A value as it may be shown: without what looks like a credential, and a text without the passwords in it. */
function shown(name: string, value: string): string {
  return hideCredentials(name, value, hidden('a literal that looks like a credential'));
}

function hidden(what: string): string {
  return `<hidden: ${what}>`;
}
