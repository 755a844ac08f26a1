/** Expands `$(NAME)` as the kubelet does when it starts a container (pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables). */
import { scan } from './scanner.ts';

/** An entry of `env` as it stands in a manifest. */
export interface RawEnv {
  readonly name: string;
  /** @default '' */
  readonly value?: string | undefined;
  /** Any source of Kubernetes; what it gives is asked of `resolve`. */
  readonly valueFrom?: unknown;
}

/** A source of `envFrom`. */
export interface EnvFrom {
  readonly kind: 'secret' | 'configMap';
  /** Name of the Secret or ConfigMap. */
  readonly name: string;
  /** Put before each key. @default '' */
  readonly prefix?: string;
  /** Whether the container may start without it. @default false */
  readonly optional?: boolean;
  /** The keys that it is known to hold. @default - unknown, so no variable can rely on one */
  readonly keys?: readonly string[];
}

/** What a container's environment is made from. */
export interface ContainerEnv {
  /** The list, in the order of the manifest. */
  readonly env: readonly RawEnv[];
  /** Values of the `envFrom` sources in list order, prefixes applied. A later source overwrites an earlier one. @default [] */
  readonly envFrom?: readonly Readonly<Record<string, string>>[];
  /** What an entry with `valueFrom` gives; undefined leaves the variable undefined, as a missing optional source does. @default - undefined for all */
  readonly resolve?: (entry: RawEnv) => string | undefined;
  /** Variables of Services, `KUBERNETES_*` among them. Give only the latter with `enableServiceLinks: false`. @default {} */
  readonly serviceVariables?: Readonly<Record<string, string>>;
}

/** A live reference that nothing answered, so that it stays in the value as it was written. */
export interface LeftReference {
  /** Variable whose value holds it. */
  readonly variable: string;
  /** Name that was looked up. */
  readonly name: string;
}

/** The environment that the process gets. */
export interface ExpandedEnv {
  /** Final values by name. */
  readonly values: Readonly<Record<string, string>>;
  /** References that stayed literal, in the order of the list. */
  readonly left: readonly LeftReference[];
}

/** Replaces each live reference that `lookup` knows, leaves the others as they are, and turns `$$` into `$`. What is put in is not read again. */
export function expandValue(value: string, lookup: (name: string) => string | undefined): string {
  if (!value.includes('$')) return value;
  return scan(value)
    .map((token) => (token.kind === 'reference' ? (lookup(token.name) ?? token.raw) : token.text))
    .join('');
}

/** Expands a container's whole list, by the kubelet's rules: `envFrom` first, then `env` once and in order, the last duplicate winning. */
export function expandContainerEnv(container: ContainerEnv): ExpandedEnv {
  const values = new Map<string, string>();
  for (const source of container.envFrom ?? [])
    for (const [name, value] of Object.entries(source)) values.set(name, value);
  const services = new Map(Object.entries(container.serviceVariables ?? {}));
  const left: LeftReference[] = [];

  for (const entry of container.env) {
    const value = valueOf(entry, container.resolve, (name) => {
      const found = values.get(name) ?? services.get(name);
      if (found === undefined) left.push({ variable: entry.name, name });
      return found;
    });
    if (value !== undefined) values.set(entry.name, value);
  }
  // the kubelet adds the variables of Services that nothing else defines
  for (const [name, value] of services) if (!values.has(name)) values.set(name, value);
  return { values: Object.fromEntries(values), left };
}

/** Expands `command` or `args`, for which the order of the list does not matter. */
export function expandArguments(words: readonly string[], values: Readonly<Record<string, string>>): string[] {
  return words.map((word) => expandValue(word, (name) => (Object.hasOwn(values, name) ? values[name] : undefined)));
}

function valueOf(
  entry: RawEnv,
  resolve: ContainerEnv['resolve'],
  lookup: (name: string) => string | undefined,
): string | undefined {
  if (entry.value !== undefined && entry.value !== '') return expandValue(entry.value, lookup);
  if (entry.valueFrom !== undefined && entry.valueFrom !== null) return resolve?.(entry);
  return '';
}
