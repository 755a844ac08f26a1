/**
 * What a secret value must look like because of where it ends up. A container may put a Secret's key inside another
 * variable with `$(NAME)`: in a URL, or between double quotes in a configuration file such as nats.conf. Neither the
 * kubelet nor the reader escapes it, so the value itself has to fit.
 */
import { scan } from '#env';
import type { Cursor } from './cursor.ts';
import { rawEnv } from './raw-env.ts';
import type { ManifestSet } from './manifest-set.ts';

/** Where a value is put as it is: into a URL, or between double quotes. */
export type SecretForm = 'url' | 'quoted';

/** For each form: the values that fit, and the rule in words. */
export const SECRET_FORMS: Readonly<Record<SecretForm, { readonly fits: RegExp; readonly rule: string }>> = {
  // RFC 3986, section 2.3: the characters that mean nothing in any part of a URL
  url: { fits: /^[A-Za-z0-9._~-]+$/, rule: 'it becomes part of a URL: use only A-Z a-z 0-9 . _ ~ -' },
  quoted: {
    fits: /^[^"\\\p{Cc}]+$/u,
    rule: 'it is put between double quotes: use no ", no \\ and no control characters',
  },
};

/** Forms that a value does not have, of those that it must have. */
export function brokenForms(value: string, forms: readonly SecretForm[]): readonly SecretForm[] {
  return forms.filter((form) => !SECRET_FORMS[form].fits.test(value));
}

/** The forms of every key that a variable with `$(NAME)` embeds, by `<namespace>/<secret>/<key>`. */
export function secretForms(set: ManifestSet): ReadonlyMap<string, ReadonlySet<SecretForm>> {
  const found = new Map<string, Set<SecretForm>>();
  for (const pod of set.pods) {
    for (const container of pod.containers) {
      for (const [secret, form] of embedded(container.at)) {
        const id = `${pod.object.namespace}/${secret}`;
        const forms = found.get(id) ?? new Set();
        found.set(id, forms.add(form));
      }
    }
  }
  return found;
}

function* embedded(container: Cursor): Generator<readonly [secret: string, form: SecretForm]> {
  const env = rawEnv(container);
  const secrets = new Map(
    env.flatMap(({ name }, index) => {
      const ref = container.at('env', index, 'valueFrom', 'secretKeyRef');
      const [secret, key] = [ref.at('name').text, ref.at('key').text];
      return secret === undefined || key === undefined ? [] : [[name, `${secret}/${key}`] as const];
    }),
  );
  for (const { value } of env) {
    let before = '';
    for (const token of scan(value ?? '')) {
      const secret = token.kind === 'reference' ? secrets.get(token.name) : undefined;
      const form = formAfter(before);
      if (secret !== undefined && form !== undefined) yield [secret, form];
      before += token.kind === 'text' ? token.text : '';
    }
  }
}

function formAfter(before: string): SecretForm | undefined {
  if (before.includes('://')) return 'url';
  return before.split('"').length % 2 === 0 ? 'quoted' : undefined;
}
