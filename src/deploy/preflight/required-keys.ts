/** The Secrets that dist reads. Their keys are looked at, their values never leave the server's answer to kubectl. */
import { SECRET_FORMS } from '#manifests';
import type { RequiredSecret } from '#manifests';
import type { DeployFault } from '../fault.ts';
import type { Kubectl } from '../kubectl/kubectl.ts';

/**
 * Prints the name of the Secret, then each key that has a value, with the forms that the value has. The value is judged
 * inside kubectl: it stands in quotes as it is, and a URL escapes nothing of it.
 */
const KEYS = [
  '{{.metadata.name}}{{"\\n"}}',
  '{{range $key, $value := .data}}{{if $value}}{{$key}}{{$text := base64decode $value}}',
  '{{if eq (printf "%q" $text) (printf "\\"%s\\"" $text)}} quoted{{end}}',
  '{{if eq (urlquery $text) $text}} url{{end}}',
  '{{"\\n"}}{{end}}{{end}}',
].join('');

/** Keys of a Secret that have a value, with the forms of that value. */
export type PresentKeys = ReadonlyMap<string, readonly string[]>;

/** Keys of a Secret that have a value; undefined when there is no such Secret. */
export async function presentKeys(kubectl: Kubectl, name: string): Promise<PresentKeys | undefined> {
  const { code, out, err } = await kubectl.run([
    'get',
    'secret',
    name,
    '--ignore-not-found',
    '-o',
    `go-template=${KEYS}`,
  ]);
  if (code !== 0) throw new Error(err.trim());
  const [found, ...keys] = out.split('\n').filter((line) => line !== '');
  if (found === undefined) return undefined;
  return new Map(
    keys.map((line) => {
      const [key = '', ...forms] = line.split(' ');
      return [key, forms];
    }),
  );
}

/** What of a Secret is missing, or does not fit where a container puts it. */
export function secretFaults(
  secret: RequiredSecret,
  present: PresentKeys | undefined,
  dist: string,
): readonly DeployFault[] {
  return [...missingKeys(secret, present, dist), ...unfitKeys(secret, present)];
}

function unfitKeys({ name, keys }: RequiredSecret, present: PresentKeys | undefined): readonly DeployFault[] {
  return keys.flatMap(({ key, forms = [], readers }) => {
    const has = present?.get(key);
    const broken = has === undefined ? [] : forms.filter((form) => !has.includes(form));
    if (broken.length === 0) return [];
    const rules = broken.map((form) => SECRET_FORMS[form].rule).join('; ');
    return [
      {
        object: `Secret/${name}`,
        reason: 'unfit-secret-value',
        message: `the value of ${key} does not fit: ${rules} (read by ${readers.join(', ')})`,
        next: `set ${key} to a different value, and update what uses the old one, such as a database login`,
      },
    ];
  });
}

function missingKeys(
  { name, keys, readers }: RequiredSecret,
  present: PresentKeys | undefined,
  dist: string,
): readonly DeployFault[] {
  const missing = keys.filter(({ key, optional }) => !optional && present?.has(key) !== true);
  if (missing.length === 0 && (present !== undefined || readers.length === 0)) return [];
  const given = missing.filter(({ origin }) => origin === 'given').map(({ key }) => ` --given ${name}/${key}=FILE`);
  const keysAndReaders = missing.map((it) => `${it.key} (read by ${it.readers.join(', ')})`);
  const whole = readers.length === 0 ? [] : [`the whole Secret (read by ${readers.join(', ')})`];
  const object = `Secret/${name}`;
  const what =
    present === undefined
      ? {
          reason: 'missing-secret',
          message: 'does not exist',
          evidence: [{ title: 'it must contain', lines: [...keysAndReaders, ...whole] }],
        }
      : { reason: 'missing-key', message: `has no value for ${keysAndReaders.join(', ')}` };
  return [
    {
      object,
      ...what,
      next: `npx cdk8s-nats secrets generate --apply ${dist}${given.join('')}   (creates missing keys, keeps existing ones)`,
    },
  ];
}
