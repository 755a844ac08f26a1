/** Expands `$(NAME)` as the kubelet does when it starts a container (pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables). */
import { scan } from './scanner.ts';

/** An entry of `env` in a manifest. */
export interface RawEnv {
  /** Name of the variable. */
  readonly name: string;
  /** Its literal. @default '' */
  readonly value?: string | undefined;
  /** Any Kubernetes source; `resolve` returns its value. @default - `value` */
  readonly valueFrom?: unknown;
}

/** Input of a container environment. */
export interface ContainerEnv<T extends RawEnv = RawEnv> {
  /** The list, in the order of the manifest. */
  readonly env: readonly T[];
  /**
   * Values of the `envFrom` sources in the order of the manifest, prefixes applied, a missing optional one left out. A
   * later source overwrites an earlier one.
   * @default []
   */
  readonly envFrom?: readonly Readonly<Record<string, string>>[];
  /** The value of an entry with `valueFrom`; undefined if its source is missing. @default - undefined for all */
  readonly resolve?: (entry: T) => string | undefined;
  /**
   * Variables of Services, `KUBERNETES_*` among them. Pass only the latter with `enableServiceLinks: false`.
   * @default {}
   */
  readonly serviceVariables?: Readonly<Record<string, string>>;
}

/** A live reference that is not resolved, so its text remains in the value. */
export interface LeftReference {
  /** Variable whose value contains it. */
  readonly variable: string;
  /** Name that was looked up. */
  readonly name: string;
}

/** The environment of the process. */
export interface ExpandedEnv {
  /** Final values by name. */
  readonly values: Readonly<Record<string, string>>;
  /** References that stayed literal, in the order of the list. */
  readonly left: readonly LeftReference[];
  /** Variables whose source is missing and not optional. With one of these the kubelet does not start the container. */
  readonly missing: readonly string[];
}

/**
 * Characters that references may insert into the environment of one container. Linux starts no process with more (2 MiB by
 * default), and references that multiply would fill the memory of the program that reads the manifest.
 */
const MOST_INSERTED = 8 * 1024 * 1024;

/**
 * Replaces each live reference that `lookup` knows, leaves the others as they are, and turns `$$` into `$`. Inserted
 * values are not expanded again.
 */
export function expandValue(value: string, lookup: (name: string) => string | undefined): string {
  if (!value.includes('$')) return value;
  return scan(value)
    .map((token) => (token.kind === 'reference' ? (lookup(token.name) ?? token.raw) : token.text))
    .join('');
}

/**
 * Expands a container's whole list, by the kubelet's rules: `envFrom` first, then `env` once and in order, the last
 * duplicate winning. Text beyond what a process can have is cut.
 */
export function expandContainerEnv<T extends RawEnv>(container: ContainerEnv<T>): ExpandedEnv {
  const values = new Map((container.envFrom ?? []).flatMap((source) => Object.entries(source)));
  const services = new Map(Object.entries(container.serviceVariables ?? {}));
  const left: LeftReference[] = [];
  const missing: string[] = [];
  let room = MOST_INSERTED;

  for (const entry of container.env) {
    if (comesByReference(entry)) {
      const value = container.resolve?.(entry);
      if (value !== undefined) values.set(entry.name, value);
      else if (!mayBeMissing(entry)) missing.push(entry.name);
      continue;
    }
    const value = expandValue(entry.value ?? '', (name) => {
      const found = values.get(name) ?? services.get(name);
      if (found === undefined) left.push({ variable: entry.name, name });
      const inserted = found?.slice(0, room);
      room -= inserted?.length ?? 0;
      return inserted;
    });
    values.set(entry.name, value);
  }
  // the kubelet adds the variables of Services that nothing else defines
  return { values: Object.fromEntries([...services, ...values]), left, missing };
}

/** Expands `command` or `args`, which see the final values: the order of the list does not matter there. */
export function expandArguments(words: readonly string[], values: Readonly<Record<string, string>>): string[] {
  return words.map((word) => expandValue(word, (name) => (Object.hasOwn(values, name) ? values[name] : undefined)));
}

/**
 * Expands the command of an exec probe, which sees the unexpanded list: no `envFrom`, a `value` that is not expanded
 * itself, and the empty string for whatever comes by `valueFrom`.
 */
export function expandProbeCommand(words: readonly string[], env: readonly RawEnv[]): string[] {
  const written = new Map(env.map(({ name, value }) => [name, value ?? '']));
  return words.map((word) => expandValue(word, (name) => written.get(name)));
}

/** Whether an entry takes its value from elsewhere; an empty `value` beside `valueFrom` is ignored. */
export function comesByReference({ value, valueFrom }: Omit<RawEnv, 'name'>): boolean {
  return (value ?? '') === '' && valueFrom !== undefined && valueFrom !== null;
}

/** Whether an entry takes its value from a key that is marked optional, so that the variable may be undefined. */
export function mayBeMissing(entry: RawEnv): boolean {
  if (!comesByReference(entry) || !isObject(entry.valueFrom)) return false;
  return Object.values(entry.valueFrom).some((ref) => isObject(ref) && ref['optional'] === true);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
