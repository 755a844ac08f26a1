/** `cdk8s-nats explain` */
import { nearestName } from '#nearest-name';
import { kindAndName, manifestSet, resourceOf } from '#manifests';
import type { ManifestObject, PodTemplate } from '#manifests';
import { UnreadableError, type ReadObject } from '#manifest-source';
import { containersOf } from '../lint/containers.ts';
import { READING_OPTIONS, objectsNamed } from '../reading.ts';
import { readArguments, UsageError } from '../terminal/arguments.ts';
import { EXIT, processTerminal, type Terminal } from '../terminal/terminal.ts';
import { explain, variablesOf, type Definition, type Explanation } from './explanation.ts';

const HELP = `usage: cdk8s-nats explain [options] WORKLOAD VARIABLE [FILE | FOLDER | -]...

Shows the final value of a variable, where it comes from, and what it overrides. WORKLOAD is a name, or
as kubectl writes it: deployment/auth, deploy/auth, or shop/deployment/auth with its namespace.
Without a file it reads standard input. Secrets, and values that look like credentials, are never shown.

  --container NAME   only this container
  --exclude PATTERN  leave out files and folders; repeatable
  --json             print JSON
  --help             this text

Exit code: 0 it has a value, 1 it has an unexpanded reference or does not exist, 2 something could not be read.
`;

const OPTIONS = {
  container: { type: 'string' },
  exclude: READING_OPTIONS.exclude,
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Runs `explain`; fulfils with the exit code. */
export async function runExplain(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (values.help) {
    await terminal.out(HELP);
    return EXIT.clean;
  }
  const [workload, variable, ...names] = positionals;
  if (workload === undefined || variable === undefined) throw new UsageError('explain takes a workload and a variable');
  const { objects, code } = await objectsNamed(names, values, terminal);
  const set = manifestSet(objects);
  if (set.objects.length === 0) throw new UnreadableError('no objects found');
  const pods = set.templates.filter(({ object }) => isMeant(object, workload));
  if (pods.length === 0) throw new UsageError(`there is no workload ${workload}: ${hint(workload, set.templates)}`);
  const containers = [...new Set(pods.flatMap((pod) => containersOf(pod).map(({ name }) => name)))];
  const only = values.container;
  if (only !== undefined && !containers.includes(only)) {
    const near = nearestName(only, containers);
    const way = near === undefined ? `there is ${containers.join(', ') || 'none'}` : `did you mean ${near}`;
    throw new UsageError(`${workload} has no container ${only}: ${way}`);
  }

  const explanations = pods
    .flatMap((pod) => explain(pod, variable, set))
    .filter(({ container }) => only === undefined || container === only);
  const found = explanations.filter(({ definition }) => definition !== undefined);
  if (found.length === 0) {
    const near = nearestName(
      variable,
      pods.flatMap((pod) => variablesOf(pod, set)),
    );
    const way = near === undefined ? 'there is no similar name' : `did you mean ${near}`;
    terminal.err(`${workload} has no variable ${variable} in the manifests: ${way}\n`);
    return Math.max(code, EXIT.findings);
  }
  const text = found.map((it) => explanationText(it, objects)).join('\n');
  await terminal.out(values.json ? `${JSON.stringify(found.map(asData), null, 2)}\n` : text);
  return Math.max(code, found.some(({ definition }) => isUnexpanded(definition)) ? EXIT.findings : EXIT.clean);
}

/** Short names of kinds, as kubectl takes them. */
const SHORT: Readonly<Record<string, string>> = {
  cj: 'cronjob',
  deploy: 'deployment',
  ds: 'daemonset',
  po: 'pod',
  rc: 'replicationcontroller',
  ro: 'rollout',
  rs: 'replicaset',
  sts: 'statefulset',
};

/** Whether a workload is called so: by its name, or as kubectl writes it: `deployment/auth`, `deploy/auth`, `shop/Deployment/auth`. */
function isMeant({ kind, name, namespace, group }: ManifestObject, text: string): boolean {
  const words = text.split('/');
  if (words.at(-1) !== name) return false;
  if (words.length === 1) return true;
  const [resource = '', ...rest] = (words.at(-2) ?? '').toLowerCase().split('.');
  const isKind = [kind.toLowerCase(), resourceOf(kind)].includes(SHORT[resource] ?? resource);
  const isGroup = rest.length === 0 || rest.join('.') === group;
  return isKind && isGroup && (words.length === 2 || words.slice(0, -2).join('/') === namespace);
}

function hint(workload: string, pods: readonly PodTemplate[]): string {
  const names = pods.map(({ object }) => object.name);
  const near = nearestName(workload, names);
  return near === undefined ? `there are ${names.join(', ') || 'none'}` : `did you mean ${near}`;
}

function asData({ workload, ...rest }: Explanation): object {
  return { workload: kindAndName(workload), ...rest };
}

function isUnexpanded(definition: Definition | undefined): boolean {
  return (
    definition?.parts.some((part) =>
      part.definition === undefined ? part.given === undefined : isUnexpanded(part.definition),
    ) ?? false
  );
}

function explanationText(explanation: Explanation, objects: readonly ReadObject[]): string {
  const { workload, container, variable, definition, shadowed } = explanation;
  const object = objects[workload.index];
  const lines = definition === undefined ? [] : chain(definition, object, '  ');
  const covered = shadowed.map((it) => `  overrides ${it.source}${place(it, object)}: ${it.value}`);
  return [
    `${kindAndName(workload)} container ${container}`,
    `  ${variable} = ${definition?.value ?? ''}`,
    ...lines,
    ...covered,
    '',
  ].join('\n');
}

function chain(definition: Definition, object: ReadObject | undefined, indent: string): readonly string[] {
  const written = definition.written === undefined || definition.parts.length === 0 ? '' : `: ${definition.written}`;
  return [
    `${indent}from ${definition.source}${place(definition, object)}${written}`,
    ...definition.parts.flatMap((part) => {
      if (part.given !== undefined)
        return [`${indent}  $(${part.name}) = ${part.given}`, `${indent}    ${part.reason}`];
      if (part.definition === undefined) return [`${indent}  $(${part.name}) is not expanded: ${part.reason}`];
      return [
        `${indent}  $(${part.name}) = ${part.definition.value}`,
        ...chain(part.definition, object, `${indent}    `),
      ];
    }),
  ];
}

function place({ pointer }: Definition, object: ReadObject | undefined): string {
  if (pointer === undefined || object === undefined) return '';
  const { line, column } = object.positionOf(pointer);
  return ` at ${object.path}:${line}:${column}`;
}
