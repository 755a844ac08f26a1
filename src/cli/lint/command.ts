/** `cdk8s-nats lint` */
import { oneOf, readArguments, words } from '../terminal/arguments.ts';
import { EXIT, processTerminal, type Terminal } from '../terminal/terminal.ts';
import { noteEmpty, READING_HELP, READING_OPTIONS, sourcesNamed } from '../reading.ts';
import type { Finding } from './finding.ts';
import { lint } from './linter.ts';
import { FORMATS, REPORTS } from './report.ts';
import { RULES } from './rules.ts';
import { selectedRules, SILENCE_ANNOTATION } from './selection.ts';

const HELP = `usage: cdk8s-nats lint [options] [FILE | FOLDER | -]...

Checks Kubernetes manifests, YAML or JSON: $(NAME) in env, commands and probes, literals that look like credentials, and
references between objects. Without a name it reads standard input. A folder means all .yaml, .yml and .json files in it,
except in hidden folders.

  --format FORMAT   ${FORMATS.join(', ')}   (default: text)
  --json            same as --format json
  --complete        the files together are one complete set: also report missing objects
                    (default: each file is checked on its own, because a folder may contain alternatives)
  --disable RULES   disable rules, separated by commas
  --enable RULES    enable optional rules
${READING_HELP}
  --rules           list the rules
  --help            this text

To disable rules for an object, annotate it with ${SILENCE_ANNOTATION}: "rule, rule" (or "all").
Exit code: 0 no findings, 1 findings, 2 something could not be read.
`;

const OPTIONS = {
  ...READING_OPTIONS,
  format: { type: 'string', default: 'text' },
  json: { type: 'boolean', default: false },
  complete: { type: 'boolean', default: false },
  disable: { type: 'string', multiple: true },
  enable: { type: 'string', multiple: true },
  rules: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Runs `lint`; fulfils with the exit code. */
export async function runLint(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (values.help) return await say(terminal, HELP);
  if (values.rules) return await say(terminal, ruleTable());
  const report = REPORTS[values.json ? 'json' : oneOf('format', values.format, FORMATS)];
  const rules = selectedRules({
    disable: words(values.disable),
    enable: words(values.enable),
    complete: values.complete,
  });
  const sources = await sourcesNamed(positionals, values, terminal);

  const findings: Finding[] = [];
  const unreadable: string[] = [];
  let objects = 0;
  for await (const event of lint(sources, { rules, complete: values.complete })) {
    if (event.kind === 'unreadable') {
      unreadable.push(event.message);
      terminal.err(`${event.message}\n`);
      continue;
    }
    if (event.kind === 'read') {
      objects += event.objects;
      continue;
    }
    findings.push(event.finding);
    const text = report.each(event.finding);
    if (text !== '') await terminal.out(text);
  }
  const last = report.end(findings, unreadable);
  if (last !== '') await terminal.out(last);
  if (unreadable.length > 0) return EXIT.unreadable;
  return findings.length > 0 ? EXIT.findings : noteEmpty(objects, values, terminal);
}

async function say(terminal: Terminal, text: string): Promise<number> {
  await terminal.out(text);
  return EXIT.clean;
}

function ruleTable(): string {
  return Object.entries(RULES)
    .map(
      ([id, { severity, applied, summary }]) =>
        `${id.padEnd(26)}${severity.padEnd(9)}${applied.padEnd(10)}${summary}\n`,
    )
    .join('');
}
