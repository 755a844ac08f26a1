/** The Secrets that dist reads. Their keys are looked at, their values never leave the server's answer to kubectl. */
import type { RequiredSecret } from '#manifests';
import type { DeployFault } from '../fault.ts';
import type { Kubectl } from '../kubectl/kubectl.ts';

/** Prints the name of the Secret, then each key that has a value. */
const KEYS = '{{.metadata.name}}{{"\\n"}}{{range $key, $value := .data}}{{if $value}}{{$key}}{{"\\n"}}{{end}}{{end}}';

/** Keys of a Secret that have a value; undefined when there is no such Secret. */
export async function presentKeys(kubectl: Kubectl, name: string): Promise<ReadonlySet<string> | undefined> {
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
  return found === undefined ? undefined : new Set(keys);
}

/** What of a Secret is missing. */
export function secretFaults(
  { name, keys, readers }: RequiredSecret,
  present: ReadonlySet<string> | undefined,
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
          evidence: [{ title: 'it is to hold', lines: [...keysAndReaders, ...whole] }],
        }
      : { reason: 'missing-key', message: `has no value for ${keysAndReaders.join(', ')}` };
  return [
    {
      object,
      ...what,
      next: `npx cdk8s-nats secrets generate --apply ${dist}${given.join('')}   (makes what is missing, keeps what is there)`,
    },
  ];
}
