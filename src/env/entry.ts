import type { EnvVariable, KeyRef, ResourceName } from './variable.ts';

/** An entry of `env` as in Kubernetes: `value` or `valueFrom`. */
export interface EnvEntry {
  /** Name of the variable. */
  readonly name: string;
  /** Its literal. @default - none, with `valueFrom` */
  readonly value?: string;
  /** Where its value comes from. @default - none, with `value` */
  readonly valueFrom?: EnvEntrySource;
}

/** `valueFrom` as in Kubernetes; exactly one of the four is set. */
export interface EnvEntrySource {
  /** A key of a Secret. @default - another source */
  readonly secretKeyRef?: KeyRef;
  /** A key of a ConfigMap. @default - another source */
  readonly configMapKeyRef?: KeyRef;
  /** A field of the pod. @default - another source */
  readonly fieldRef?: { readonly fieldPath: string };
  /** A resource figure of a container. @default - another source */
  readonly resourceFieldRef?: {
    /** Request or limit, such as `limits.memory`. */
    readonly resource: ResourceName;
    /** Container of the pod. @default - the one that has the variable */
    readonly containerName?: string;
    /** Unit of the figure, such as `1Mi`. @default - bytes, or whole CPUs */
    readonly divisor?: string;
  };
}

/** Values of the variables declared with `Env.given`, by name. */
export type GivenValues = Readonly<Record<string, string>>;

/** The entry of a declared variable. A missing given value is empty. */
export function entryOf(variable: EnvVariable, given: GivenValues): EnvEntry {
  const { name, source } = variable;
  switch (source.kind) {
    case 'value':
    case 'given':
      return { name, value: literalOf(variable, given) ?? '' };
    case 'secret':
      return { name, valueFrom: { secretKeyRef: keyRef(source.ref) } };
    case 'configMap':
      return { name, valueFrom: { configMapKeyRef: keyRef(source.ref) } };
    case 'field':
      return { name, valueFrom: { fieldRef: { fieldPath: source.fieldPath } } };
    case 'resource': {
      const { resource, containerName, divisor } = source;
      const container = containerName === undefined ? {} : { containerName };
      return {
        name,
        valueFrom: { resourceFieldRef: { resource, ...container, ...(divisor === undefined ? {} : { divisor }) } },
      };
    }
  }
}

/** The text of a variable in the manifest; undefined if it has no text, or nothing defines it. */
export function literalOf({ name, source }: EnvVariable, given: GivenValues): string | undefined {
  if (source.kind === 'value') return source.value;
  if (source.kind !== 'given') return undefined;
  return Object.hasOwn(given, name) ? given[name] : source.fallback;
}

function keyRef({ name, key, optional }: KeyRef): KeyRef {
  return { name, key, ...(optional === true ? { optional } : {}) };
}
