/**
 * The Secrets that a set of objects reads and does not make: no Secret with data stands in a manifest, so somebody
 * makes them beforehand, and a pre-flight looks whether each key is there. Both work from this list.
 */
import { assertProps } from '#prop-shapes';
import { kindAndName, manifestSet } from './manifest-set.ts';
import type { ManifestSet } from './manifest-set.ts';
import { secretForms, type SecretForm } from './secret-forms.ts';
import { secretReferences } from './secret-references.ts';
import type { SecretReference } from './secret-references.ts';

/** Label of the ConfigMap that holds the list, by which tools and checks find it. */
export const REQUIRED_SECRETS_LABEL = 'cdk8s-nats.dev/required-secrets';
/** Key of the ConfigMap under which the list stands, as YAML. */
export const REQUIRED_SECRETS_KEY = 'secrets.yaml';

/** Origin of the value of a key: random, half of an Ed25519 key pair, or provided by a person. */
export type SecretOrigin = 'password' | 'ed25519-private-key' | 'ed25519-public-key' | 'given';

/** A key that a Secret must hold. */
export interface RequiredKey {
  /** Name of the key. */
  readonly key: string;
  /** How its value is created. */
  readonly origin: SecretOrigin;
  /** Whether every reader starts without it. */
  readonly optional: boolean;
  /**
   * What its value must look like, because a container puts it inside another variable.
   * @default - any value
   */
  readonly forms?: readonly SecretForm[];
  /** Who reads it, as `Deployment/auth`, sorted. */
  readonly readers: readonly string[];
}

/** A Secret that must exist before the objects are applied. */
export interface RequiredSecret {
  /** Name of the Secret. */
  readonly name: string;
  /** Namespace of the Secret. */
  readonly namespace: string;
  /** Its type: `Opaque`, `kubernetes.io/tls` or `kubernetes.io/dockerconfigjson`. */
  readonly type: string;
  /** Its keys, sorted. */
  readonly keys: readonly RequiredKey[];
  /** Who reads it as a whole, without naming keys. */
  readonly readers: readonly string[];
}

/** Lists by the text that holds them, for those who made a text and need not parse it. */
export type ListsByText = ReadonlyMap<string, readonly RequiredSecret[]>;

/**
 * Origins of values, by Secret and key. The default is a password; TLS certificates, registry credentials and URLs are
 * given.
 */
export type SecretOrigins = Readonly<Record<string, Readonly<Record<string, SecretOrigin>>>>;

/** Every Secret that the manifests read, with keys and readers; sorted by namespace and name. */
export function requiredSecrets(
  manifests: readonly unknown[],
  options: {
    /** Namespace of objects that name none. @default '' */
    readonly defaultNamespace?: string;
    /** @default {} */
    readonly origins?: SecretOrigins;
  } = {},
): readonly RequiredSecret[] {
  assertProps({ manifests }, { manifests: 'list!' }, 'requiredSecrets', 'requiredSecrets');
  const placed = manifests.map((manifest) => ({ path: '', manifest }));
  return requiredSecretsOf(manifestSet(placed, options.defaultNamespace), options.origins);
}

/** As {@link requiredSecrets}, of a set that was read already. */
export function requiredSecretsOf(set: ManifestSet, origins: SecretOrigins = {}): readonly RequiredSecret[] {
  const formsByKey = secretForms(set);
  const bySecret = grouped(secretReferences(set), (reference) => `${reference.namespace}/${reference.name}`);
  return bySecret.map(([first, references]) => {
    const type = references.find((reference) => reference.type !== 'Opaque')?.type ?? 'Opaque';
    const keyed = grouped(references, (reference) => reference.key);
    const whole = references.filter((reference) => reference.key === undefined);
    return {
      name: first.name,
      namespace: first.namespace,
      type,
      keys: keyed.map(([{ key = '' }, uses]) => ({
        key,
        origin: origins[first.name]?.[key] ?? usualOrigin(type, key),
        optional: uses.every((use) => use.optional),
        ...formsOf(formsByKey.get(`${first.namespace}/${first.name}/${key}`)),
        readers: readersOf(uses),
      })),
      readers: readersOf(whole),
    };
  });
}

function formsOf(forms: ReadonlySet<SecretForm> | undefined): Pick<RequiredKey, 'forms'> {
  return forms === undefined ? {} : { forms: [...forms].sort() };
}

/** A URL cannot be made at random, nor can what an authority issues. */
function usualOrigin(type: string, key: string): SecretOrigin {
  return type === 'Opaque' && !/(^|[-_.])(url|uri|dsn|crt|ca|cert)$/i.test(key) ? 'password' : 'given';
}

/** References by a key of theirs, sorted by it; those without one are left out. */
function grouped(
  references: readonly SecretReference[],
  keyOf: (reference: SecretReference) => string | undefined,
): readonly (readonly [SecretReference, readonly SecretReference[]])[] {
  const groups = new Map<string, [SecretReference, SecretReference[]]>();
  for (const reference of references) {
    const key = keyOf(reference);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [reference, [reference]]);
    else group[1].push(reference);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function readersOf(references: readonly SecretReference[]): readonly string[] {
  return [...new Set(references.map((reference) => kindAndName(reference.reader)))].sort();
}
