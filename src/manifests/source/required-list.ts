import { parse } from 'yaml';
import {
  Cursor,
  manifestSet,
  REQUIRED_SECRETS_KEY,
  REQUIRED_SECRETS_LABEL,
  requiredSecretsOf,
  SECRET_FORMS,
} from '#manifests';
import type { PlacedManifest, RequiredKey, RequiredSecret, SecretForm, SecretOrigin } from '#manifests';
import { UnreadableError } from './unreadable.ts';

const ORIGINS: readonly SecretOrigin[] = ['password', 'ed25519-private-key', 'ed25519-public-key', 'given'];

/** The Secrets that manifests ask for: those of the lists among them, else what their objects read. Throws `UnreadableError`. */
export function requiredList(manifests: readonly PlacedManifest[]): readonly RequiredSecret[] {
  const set = manifestSet(manifests);
  const lists = set
    .ofKind('ConfigMap')
    .filter((it) => it.root.at('metadata', 'labels', REQUIRED_SECRETS_LABEL).text === 'true');
  if (lists.length === 0) return requiredSecretsOf(set);
  return lists.flatMap((list) => {
    const at = list.root.at('data', REQUIRED_SECRETS_KEY);
    const content = new Cursor(parse(at.text ?? '') as unknown, at.pointer);
    return content.items.map((entry) => secretOf(entry, list.namespace, list.path));
  });
}

function secretOf(entry: Cursor, namespace: string, file: string): RequiredSecret {
  const name = entry.at('name').text;
  if (name === undefined)
    throw new UnreadableError(`${file}: an entry of the list of required Secrets has no name: synthesize it again`);
  return {
    name,
    namespace: entry.at('namespace').text ?? namespace,
    type: entry.at('type').text ?? 'Opaque',
    keys: entry.at('keys').items.map((it) => keyOf(it, file)),
    readers: entry.at('readers').items.flatMap((it) => it.text ?? []),
  };
}

function keyOf(entry: Cursor, file: string): RequiredKey {
  const key = entry.at('key').text ?? '';
  const origin = ORIGINS.find((it) => it === entry.at('origin').text);
  if (key === '' || origin === undefined) {
    throw new UnreadableError(
      `${file}: the key ${JSON.stringify(key)} of the list of required Secrets has the origin ${JSON.stringify(entry.at('origin').value)}, must be one of ${ORIGINS.join(', ')}: synthesize it again`,
    );
  }
  const readers = entry.at('readers').items.flatMap((it) => it.text ?? []);
  const forms = entry.at('forms').items.map((it) => formOf(it, key, file));
  const optional = entry.at('optional').value === true;
  return { key, origin, optional, ...(forms.length === 0 ? {} : { forms }), readers };
}

function formOf(entry: Cursor, key: string, file: string): SecretForm {
  const known = Object.keys(SECRET_FORMS) as SecretForm[];
  const form = known.find((it) => it === entry.text);
  if (form !== undefined) return form;
  throw new UnreadableError(
    `${file}: the key ${JSON.stringify(key)} of the list of required Secrets has the form ${JSON.stringify(entry.value)}, must be one of ${known.join(', ')}: synthesize it again`,
  );
}
