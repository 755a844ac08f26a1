/** `cdk8s-nats diff` */
import { manifestSet } from '#manifests';
import type { ManifestSet } from '#manifests';
import { readObjects } from '#manifest-source';
import { oneOf, readArguments, UsageError } from '../terminal/arguments.ts';
import { EXIT, processTerminal, type Terminal } from '../terminal/terminal.ts';
import { difference, isDangerous } from './difference.ts';
import { markdownReport, textReport } from './report.ts';
import { revisionSources } from './revision.ts';

const HELP = `usage: cdk8s-nats diff [options] OLD NEW

Tells what comes of applying NEW over OLD: what the server will refuse, what loses data, rights gained, objects to delete,
pods made anew and why, variables by their values after expansion. OLD and NEW are folders, files, or revisions of git:
REVISION (its folder dist) or REVISION:FOLDER.

  --format FORMAT   text, markdown, json   (default: text)
  --json            short for --format json
  --help            this text

Exit code: 0 harmless (restarts among it), 1 something is refused, lost, left behind or gained, 2 something could not be read.
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
    throw new UsageError('diff takes an old and a new side');
  const found = difference(await read(before, terminal), await read(after, terminal));
  if (format === 'json') await terminal.out(`${JSON.stringify(found, null, 2)}\n`);
  else await terminal.out(format === 'markdown' ? markdownReport(found) : textReport(found));
  return isDangerous(found) ? EXIT.findings : EXIT.clean;
}

async function read(side: string, terminal: Terminal): Promise<ManifestSet> {
  return manifestSet(await readObjects(await revisionSources(side, terminal.stdin)));
}
