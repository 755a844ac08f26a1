/** `cdk8s-nats secrets` */
import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { SECRET_FORMS } from '#manifests';
import type { RequiredKey, RequiredSecret } from '#manifests';
import { readObjects, requiredList, unreadableFile } from '#manifest-source';
import { noteEmpty, READING_OPTIONS, sourcesNamed } from '../reading.ts';
import { readArguments, UsageError } from '../terminal/arguments.ts';
import { EXIT, processTerminal, type Terminal } from '../terminal/terminal.ts';
import { Kubectl } from './kubectl.ts';
import { secretValues, unfitValue, type GivenValues, type SecretValues } from './secret-values.ts';

const HELP = `usage: cdk8s-nats secrets list|generate|check [options] [FILE | FOLDER | -]...

Uses the list of required Secrets in the manifests (made by RequiredSecrets), or the references of all objects.

  list       names, keys, origin of each value, and readers
  generate   generates strong values and writes a manifest to standard output only
  check      compares with the cluster, and prints each key that is missing or whose value does not fit where it is used

  --json                       list: print JSON
  --given SECRET/KEY=FILE      generate: file with the value of a key that cannot be generated; repeatable
  --apply                      generate: create missing values in the cluster with kubectl, and print no values;
                               existing keys keep their values
  --context NAME               kubectl's context   (default: its current one)
  --help                       this text

Exit code: 0 done, 1 keys are missing, were not given, or do not fit, 2 something could not be read.
`;

const OPTIONS = {
  ...READING_OPTIONS,
  json: { type: 'boolean', default: false },
  given: { type: 'string', multiple: true },
  apply: { type: 'boolean', default: false },
  context: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Runs `secrets`; fulfils with the exit code. */
export async function runSecrets(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (values.help) {
    await terminal.out(HELP);
    return EXIT.clean;
  }
  const [action, ...names] = positionals;
  if (action !== 'list' && action !== 'generate' && action !== 'check') {
    throw new UsageError(`secrets takes list, generate or check, not ${action ?? 'nothing'}`);
  }
  const objects = await readObjects(await sourcesNamed(names, values, terminal));
  const empty = noteEmpty(objects.length, values, terminal);
  if (empty !== EXIT.clean) return empty;
  const secrets = requiredList(objects);
  const kubectl = new Kubectl(values.context);
  if (action === 'check') return await check(secrets, kubectl, terminal);
  if (action === 'list') {
    await terminal.out(values.json ? `${JSON.stringify(secrets, null, 2)}\n` : secrets.map(listed).join(''));
    return EXIT.clean;
  }
  const given = await givenValues(values.given ?? []);
  return values.apply ? await applyMissing(secrets, given, kubectl, terminal) : await print(secrets, given, terminal);
}

function listed({ name, namespace, type, keys, readers }: RequiredSecret): string {
  const whole = readers.length === 0 ? '' : `  (as a whole)  read by ${readers.join(', ')}\n`;
  const lines = keys.map(
    (it) =>
      `  ${it.key}  ${it.origin}${it.optional ? ', optional' : ''}  read by ${it.readers.join(', ')}\n${formsOf(it)}`,
  );
  return `${namespace === '' ? '' : `${namespace}/`}${name}  ${type}\n${lines.join('')}${whole}`;
}

function formsOf({ forms = [] }: RequiredKey): string {
  return forms.map((form) => `    ${SECRET_FORMS[form].rule}\n`).join('');
}

async function givenValues(pairs: readonly string[]): Promise<GivenValues> {
  const values = await Promise.all(
    pairs.map(async (pair): Promise<[string, string]> => {
      const [, key, file] = /^([^=]+\/[^=]+)=(.+)$/.exec(pair) ?? [];
      if (key === undefined || file === undefined) throw new UsageError(`--given is ${pair}, must be SECRET/KEY=FILE`);
      return [key, await readFile(file, 'utf8').catch((error: unknown) => Promise.reject(unreadableFile(file, error)))];
    }),
  );
  return new Map(values);
}

async function print(secrets: readonly RequiredSecret[], given: GivenValues, terminal: Terminal): Promise<number> {
  const made = secrets.map((secret) => secretValues(secret, given));
  const manifests = made.filter(({ values }) => Object.keys(values).length > 0).map(manifestOf);
  await terminal.out(manifests.map((manifest) => stringify(manifest, { lineWidth: 0 })).join('---\n'));
  return tellRest(made, terminal);
}

async function applyMissing(
  secrets: readonly RequiredSecret[],
  given: GivenValues,
  kubectl: Kubectl,
  terminal: Terminal,
): Promise<number> {
  const all: SecretValues[] = [];
  for (const secret of secrets) {
    const present = await kubectl.valuesOf(secret);
    const made = secretValues(secret, given, present);
    all.push(made);
    const keys = Object.keys(made.values);
    if (keys.length === 0) continue;
    if (present === undefined) await kubectl.create(secret, manifestOf(made));
    else await kubectl.add(secret, made.values);
    await terminal.out(`${secret.name}: created ${keys.join(', ')}\n`);
  }
  return tellRest(all, terminal);
}

function manifestOf({ secret: { name, namespace, type }, values }: SecretValues): object {
  const metadata = namespace === '' ? { name } : { name, namespace };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type, stringData: values };
}

function tellRest(made: readonly SecretValues[], terminal: Terminal): number {
  for (const { secret, notGiven, unfit, halves } of made) {
    for (const { key, rules } of unfit) {
      terminal.err(`${secret.name}: the value given for ${key} does not fit, ${rules.join('; ')}\n`);
    }
    for (const key of notGiven) {
      terminal.err(`${secret.name}: ${key} cannot be generated: provide it with --given ${secret.name}/${key}=FILE\n`);
    }
    for (const key of halves) {
      terminal.err(
        `${secret.name}: ${key} is half of a pair whose other half exists: delete that, or provide this one\n`,
      );
    }
  }
  return made.some(({ notGiven, unfit, halves }) => notGiven.length + unfit.length + halves.length > 0)
    ? EXIT.findings
    : EXIT.clean;
}

async function check(secrets: readonly RequiredSecret[], kubectl: Kubectl, terminal: Terminal): Promise<number> {
  let faults = 0;
  for (const secret of secrets) {
    const present = await kubectl.valuesOf(secret);
    const place = secret.namespace === '' ? secret.name : `${secret.namespace}/${secret.name}`;
    if (present === undefined && secret.keys.length === 0 && secret.readers.length > 0) {
      faults += 1;
      await terminal.out(`${place}: the Secret does not exist, read by ${secret.readers.join(', ')}\n`);
    }
    for (const wanted of secret.keys) {
      const value = present?.get(wanted.key);
      const unfit = value === undefined ? undefined : unfitValue(wanted, value);
      const readers = `read by ${wanted.readers.join(', ')}`;
      if (unfit !== undefined) {
        faults += 1;
        await terminal.out(
          `${place}: the value of ${wanted.key} does not fit, ${unfit.rules.join('; ')}; ${readers}\n`,
        );
      } else if (value === undefined && !wanted.optional) {
        faults += 1;
        await terminal.out(`${place}: ${wanted.key} is missing, ${readers}\n`);
      }
    }
  }
  return faults > 0 ? EXIT.findings : EXIT.clean;
}
