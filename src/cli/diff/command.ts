/** `cdk8s-nats diff` */
import { manifestSet } from '#manifests';
import type { ManifestSet } from '#manifests';
import { readObjects, UnreadableError } from '#manifest-source';
import { oneOf, readArguments, UsageError } from '../terminal/arguments.ts';
import { EXIT, processTerminal, type Terminal } from '../terminal/terminal.ts';
import { difference, isDangerous } from './difference.ts';
import { messageChanges, type AsyncApi } from './message-changes.ts';
import { messageDocuments } from './message-documents.ts';
import { messageReport } from './message-report.ts';
import { markdownReport, textReport } from './report.ts';
import { kustomizationOf, revisionSources, type FoundKustomization } from './revision.ts';

const HELP = `usage: cdk8s-nats diff [options] OLD NEW

Shows the effect of applying NEW over OLD: what the API server refuses, what loses data, added rights, objects to delete,
which pods are replaced and why. Variables are compared by their expanded values. Defaults of the API server and equivalent
spellings of a value are not reported. OLD and NEW are folders, files, or revisions of git:
REVISION (its folder dist) or REVISION:FOLDER.

For two AsyncAPI 3 documents (see cdk8s-nats messages) or two modules that export a topology: shows which services a change of
messages breaks, and in which order to deploy.

  --format FORMAT   text, markdown, json   (default: text)
  --json            same as --format json
  --help            this text

Exit code: 0 harmless (including restarts), 1 something is refused, lost or left behind, rights are added or services break,
2 something could not be read.
`;

const FORMATS = ['text', 'markdown', 'json'] as const;
const OPTIONS = {
  format: { type: 'string', default: 'text' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Runs `diff`; fulfils with the exit code. */
export async function runDiff(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (values.help) {
    await terminal.out(HELP);
    return EXIT.clean;
  }
  const format = values.json ? 'json' : oneOf('format', values.format, FORMATS);
  const [before, after, ...rest] = positionals;
  if (before === undefined || after === undefined || rest.length > 0)
    throw new UsageError('diff takes two arguments, OLD and NEW');
  const messages = await messageDocuments(before, after);
  if (messages !== undefined) return await tellMessages(messages, format, terminal);
  const sides = [before, after];
  assertRendered(sides, await Promise.all(sides.map(kustomizationOf)));
  const found = difference(await read(before, terminal), await read(after, terminal));
  if (format === 'json') await terminal.out(`${JSON.stringify(found, null, 2)}\n`);
  else await terminal.out(format === 'markdown' ? markdownReport(found) : textReport(found));
  return isDangerous(found) ? EXIT.findings : EXIT.clean;
}

async function tellMessages(
  [before, after]: readonly [AsyncApi, AsyncApi],
  format: (typeof FORMATS)[number],
  terminal: Terminal,
): Promise<number> {
  const changes = messageChanges(before, after);
  if (format === 'json') await terminal.out(`${JSON.stringify({ messages: changes }, null, 2)}\n`);
  else await terminal.out(messageReport(changes, format));
  return changes.some(({ breaks }) => breaks.length > 0) ? EXIT.findings : EXIT.clean;
}

/** The files below a kustomization are parts of objects: what is compared is what kustomize makes of them. */
function assertRendered(sides: readonly string[], found: readonly (FoundKustomization | undefined)[]): void {
  const kustomizations = found.filter((it) => it !== undefined);
  if (kustomizations.length === 0) return;
  const folders = kustomizations.map(({ folder }) => folder).join(' and ');
  const rendered = sides.map((side, index) => (found[index] === undefined ? side : `<(${found[index].render})`));
  const commands = [
    ...new Set(kustomizations.flatMap(({ prepare }) => (prepare === '' ? [] : [prepare]))),
    `cdk8s-nats diff ${rendered.join(' ')}`,
  ];
  const contain = kustomizations.length === 1 ? 'contains a kustomization, so its' : 'contain kustomizations, so their';
  throw new UnreadableError(
    `${folders} ${contain} files are not complete objects: render both sides first, then compare the results:\n${commands.map((it) => `  ${it}`).join('\n')}`,
  );
}

async function read(side: string, terminal: Terminal): Promise<ManifestSet> {
  return manifestSet(await readObjects(await revisionSources(side, terminal.stdin)));
}
