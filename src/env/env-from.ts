/** A source of a container's `envFrom`: each key of a Secret or ConfigMap becomes a variable. */
export interface EnvFrom {
  /** Kind of the object. */
  readonly kind: 'secret' | 'configMap';
  /** Name of the Secret or ConfigMap. */
  readonly name: string;
  /** Put before each key. @default '' */
  readonly prefix?: string | undefined;
  /** Whether the container may start without it. @default false */
  readonly optional?: boolean | undefined;
  /** The keys that it is known to contain. @default - unknown, so no variable can rely on one */
  readonly keys?: readonly string[] | undefined;
}

/** Names of the variables that a source defines, if its keys are declared. */
export function namesOf({ keys = [], prefix = '' }: EnvFrom): string[] {
  return keys.map((key) => prefix + key);
}

/** A source in words: `Secret payments`. */
export function describeSource({ kind, name }: EnvFrom): string {
  return `${kind === 'secret' ? 'Secret' : 'ConfigMap'} ${name}`;
}
