/** `cdk8s-nats explain` */
import { nearestName } from '#env';
import { kindAndName, manifestSet } from '#manifests';
import type { PodTemplate } from '#manifests';
import { readObjects, textSources, type ReadObject } from '#manifest-source';
import { readArguments, UsageError } from '../terminal/arguments.ts';
import { EXIT, processTerminal, type Terminal } from '../terminal/terminal.ts';
import { explain, variablesOf, type Definition, type Explanation } from './explanation.ts';

const HELP = `usage: cdk8s-nats explain [options] WORKLOAD VARIABLE [FILE | FOLDER | -]...

Tells the final value of a variable, where it comes from, and what it shadows. WORKLOAD is a name, or Kind/name.
Without a file it reads standard input. What comes from a Secret, and what looks like a credential, is never shown.

  --container NAME   only this container
  --json             as data
  --help             this text

Exit code: 0 it has a value, 1 a reference in it stays unexpanded or there is no such variable, 2 something could not be read.
`;

const OPTIONS = {
  container: { type: 'string' },
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
  const objects = await readObjects(await textSources(names.length === 0 ? ['-'] : names, terminal.stdin));
  const set = manifestSet(objects);
  const pods = set.pods.filter(({ object }) => object.name === workload || kindAndName(object) === workload);
  if (pods.length === 0) throw new UsageError(`there is no workload ${workload}: ${hint(workload, set.pods)}`);

  const explanations = pods
    .flatMap((pod) => explain(pod, variable, set))
    .filter(({ container }) => values.container === undefined || container === values.container);
  const found = explanations.filter(({ definition }) => definition !== undefined);
  if (found.length === 0) {
    const near = nearestName(
      variable,
      pods.flatMap((pod) => variablesOf(pod, set)),
    );
    const way = near === undefined ? 'no name is near to it' : `did you mean ${near}`;
    terminal.err(`${workload} has no variable ${variable} that the manifests tell of: ${way}\n`);
    return EXIT.findings;
  }
  const text = found.map((it) => explanationText(it, objects)).join('\n');
  await terminal.out(values.json ? `${JSON.stringify(found.map(asData), null, 2)}\n` : text);
  return found.some(({ definition }) => isUnexpanded(definition)) ? EXIT.findings : EXIT.clean;
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
  return definition?.parts.some((part) => part.definition === undefined || isUnexpanded(part.definition)) ?? false;
}

function explanationText(explanation: Explanation, objects: readonly ReadObject[]): string {
  const { workload, container, variable, definition, shadowed } = explanation;
  const object = objects[workload.index];
  const lines = definition === undefined ? [] : chain(definition, object, '  ');
  const covered = shadowed.map((it) => `  shadows ${it.source}${place(it, object)}: ${it.value}`);
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
      if (part.definition === undefined) return [`${indent}  $(${part.name}) stays as it is written: ${part.reason}`];
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
