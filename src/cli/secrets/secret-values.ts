/** Values for the keys of required Secrets: passwords that every reader of URLs and configurations takes, and key pairs. */
import { generateKeyPairSync } from 'node:crypto';
import type { RequiredKey, RequiredSecret } from '#manifests';
import { strongSecret } from '#local';

/** Values of one Secret. */
export interface SecretValues {
  readonly secret: RequiredSecret;
  /** Values by key. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys that a person has to give, and did not. */
  readonly notGiven: readonly string[];
  /** Halves of a pair whose other half is there already, so that they cannot be made. */
  readonly halves: readonly string[];
}

/** Values that a person gives, by `<secret>/<key>`. */
export type GivenValues = ReadonlyMap<string, string>;

/** Makes the values of a Secret's keys; those that are `present` are left out. */
export function secretValues(
  secret: RequiredSecret,
  given: GivenValues,
  present: ReadonlySet<string> = new Set(),
): SecretValues {
  const wanted = secret.keys.filter(({ key }) => !present.has(key));
  const values: Record<string, string> = {};
  const notGiven: string[] = [];
  const halves: string[] = [];
  for (const { key, origin, optional } of wanted) {
    const own = given.get(`${secret.name}/${key}`);
    if (own !== undefined) values[key] = own;
    else if (origin === 'password') values[key] = strongSecret();
    else if (origin === 'given' && !optional) notGiven.push(key);
  }
  for (const pair of pairsOf(secret.keys)) {
    const missing = pair.filter(({ key }) => !present.has(key) && values[key] === undefined);
    if (missing.length === 0) continue;
    if (missing.length < pair.length) halves.push(...missing.map(({ key }) => key));
    else Object.assign(values, pairValues(pair));
  }
  return { secret, values, notGiven, halves };
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
