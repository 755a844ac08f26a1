/** The Secrets that dist reads. Their keys are looked at, their values never leave the server's answer to kubectl. */
import type { RequiredSecret } from '#manifests';
import type { DeployFault } from './fault.ts';
import type { Kubectl } from './kubectl.ts';

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
  const lines = missing.map((it) => `${it.key}, read by ${it.readers.join(', ')}`);
  const whole = readers.length === 0 ? [] : [`the whole Secret, read by ${readers.join(', ')}`];
  const isThere = present !== undefined;
  return [
    {
      object: `Secret/${name}`,
      reason: isThere ? 'missing-key' : 'missing-secret',
      message: isThere ? `has no value for ${missing.map(({ key }) => key).join(', ')}` : 'does not exist',
      evidence: [{ title: 'missing', lines: [...lines, ...(isThere ? [] : whole)] }],
      next: `npx cdk8s-nats secrets generate --apply ${dist}${given.join('')}   (makes what is missing, keeps what is there)`,
    },
  ];
}
