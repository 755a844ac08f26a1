/** Values for the keys of required Secrets: passwords that every reader of URLs and configurations takes, and key pairs. */
import { generateKeyPairSync } from 'node:crypto';
import { brokenForms, SECRET_FORMS } from '#manifests';
import type { RequiredKey, RequiredSecret } from '#manifests';
import { strongSecret } from '#local';

/** Values of one Secret. */
export interface SecretValues {
  readonly secret: RequiredSecret;
  /** Values by key. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys that a person has to give, and did not. */
  readonly notGiven: readonly string[];
  /** Keys whose given value does not fit where it is put, with the rules that it breaks. */
  readonly unfit: readonly UnfitValue[];
  /** Halves of a pair whose other half is there already, so that they cannot be made. */
  readonly halves: readonly string[];
}

/** A value that does not fit where a container puts it. */
export interface UnfitValue {
  readonly key: string;
  /** The rules that it breaks, in words. */
  readonly rules: readonly string[];
}

/** What is wrong with the form of a value of a key; undefined when it fits. */
export function unfitValue({ key, forms = [] }: RequiredKey, value: string): UnfitValue | undefined {
  const rules = brokenForms(value, forms).map((form) => SECRET_FORMS[form].rule);
  return rules.length === 0 ? undefined : { key, rules };
}

/** Values that a person gives, by `<secret>/<key>`. */
export type GivenValues = ReadonlyMap<string, string>;

/** Makes the values of a Secret's keys; those that are `present` are left out. */
export function secretValues(
  secret: RequiredSecret,
  given: GivenValues,
  present: { readonly has: (key: string) => boolean } = new Set<string>(),
): SecretValues {
  const wanted = secret.keys.filter(({ key }) => !present.has(key));
  const values: Record<string, string> = {};
  const notGiven: string[] = [];
  const unfit: UnfitValue[] = [];
  const halves: string[] = [];
  for (const wantedKey of wanted) {
    const { key, origin, optional } = wantedKey;
    const own = given.get(`${secret.name}/${key}`);
    const fault = own === undefined ? undefined : unfitValue(wantedKey, own);
    if (fault !== undefined) unfit.push(fault);
    else if (own !== undefined) values[key] = own;
    else if (origin === 'password') values[key] = strongSecret();
    else if (origin === 'given' && !optional) notGiven.push(key);
  }
  for (const pair of pairsOf(secret.keys)) {
    const missing = pair.filter(({ key }) => !present.has(key) && values[key] === undefined);
    if (missing.length === 0) continue;
    if (missing.length < pair.length) halves.push(...missing.map(({ key }) => key));
    else Object.assign(values, pairValues(pair));
  }
  return { secret, values, notGiven, unfit, halves };
}

/** Keys of Ed25519 pairs; the two halves have a name but for `private` and `public`. */
function pairsOf(keys: readonly RequiredKey[]): readonly (readonly RequiredKey[])[] {
  const pairs = new Map<string, RequiredKey[]>();
  for (const key of keys.filter(({ origin }) => origin.startsWith('ed25519'))) {
    const stem = key.key.replace(/private|public/, '');
    pairs.set(stem, [...(pairs.get(stem) ?? []), key]);
  }
  return [...pairs.values()];
}

function pairValues(pair: readonly RequiredKey[]): Readonly<Record<string, string>> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return Object.fromEntries(
    pair.map(({ key, origin }) => [key, origin === 'ed25519-private-key' ? privateKey : publicKey]),
  );
}
