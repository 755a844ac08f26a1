/** `cdk8s-nats fix` */
import { readArguments } from '../terminal/arguments.ts';
import { EXIT, processTerminal, type Terminal } from '../terminal/terminal.ts';
import { documentTexts, UnreadableError, type TextSource } from '#manifest-source';
import { noteEmpty, READING_HELP, READING_OPTIONS, sourcesNamed } from '../reading.ts';
import { fixText, type FixedText } from './document-fix.ts';
import { replaceFile } from './file-replacement.ts';
import { lineDiff } from './line-diff.ts';

const HELP = `usage: cdk8s-nats fix [options] [FILE | FOLDER | -]...

Reorders env lists so that each variable follows those it references, and keeps every other byte: comments, quotes, anchors.
Files are replaced in place. Standard input (no name, or -) is written to standard output, as in
  helm template . | cdk8s-nats fix | kubectl apply -f -

  --check           write nothing; exit 1 when a list is out of order
  --diff            write nothing; print the difference
${READING_HELP}
  --help            this text

A list with a cycle or a duplicate has no valid order: it is left unchanged, the exit code is 1, and standard input is not passed on.
Exit code: 0 done, 1 a list could not be reordered (or --check found one out of order), 2 something could not be read.
`;

const OPTIONS = {
  ...READING_OPTIONS,
  check: { type: 'boolean', default: false },
  diff: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Runs `fix`; fulfils with the exit code. */
export async function runFix(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (values.help) {
    await terminal.out(HELP);
    return EXIT.clean;
  }
  const codes: number[] = [];
  let objects = 0;
  for (const source of await sourcesNamed(positionals, values, terminal)) {
    const result = await fixSource(source, values, terminal);
    codes.push(result.code);
    objects += result.objects;
  }
  const code = Math.max(EXIT.clean, ...codes);
  return code === EXIT.clean ? noteEmpty(objects, values, terminal) : code;
}

async function fixSource(
  source: TextSource,
  { check, diff }: { readonly check: boolean; readonly diff: boolean },
  terminal: Terminal,
): Promise<{ readonly code: number; readonly objects: number }> {
  try {
    const { before, after } = await fixed(source);
    for (const { place, reason } of after.refused) terminal.err(`${source.name}: ${place}: not reordered: ${reason}\n`);
    if (check) for (const place of after.fixed) terminal.err(`${source.name}: ${place}: env is out of order\n`);
    if (diff) await terminal.out(lineDiff(before, after.text, source.name));
    const refused = after.refused.length > 0;
    if (!check && !diff) await write(source, before, after, terminal);
    const found = refused || (check && after.fixed.length > 0);
    return { code: found ? EXIT.findings : EXIT.clean, objects: after.objects };
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    terminal.err(`${error.message}\n`);
    return { code: EXIT.unreadable, objects: 1 };
  }
}

async function fixed(source: TextSource): Promise<{ readonly before: string; readonly after: FixedText }> {
  const before: string[] = [];
  const parts: FixedText[] = [];
  for await (const document of documentTexts(source)) {
    before.push(document.text);
    parts.push(fixText(document, source.name));
  }
  return {
    before: before.join(''),
    after: {
      text: parts.map((part) => part.text).join(''),
      refused: parts.flatMap((part) => part.refused),
      fixed: parts.flatMap((part) => part.fixed),
      objects: parts.reduce((sum, part) => sum + part.objects, 0),
    },
  };
}

async function write(source: TextSource, before: string, after: FixedText, terminal: Terminal): Promise<void> {
  if (source.path === undefined) {
    // what follows in the pipe must not be applied half right
    if (after.refused.length === 0) await terminal.out(after.text);
    return;
  }
  if (after.text !== before) await replaceFile(source.path, after.text);
}
