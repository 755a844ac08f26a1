/** `cdk8s-nats graph` */
import { readObjects } from '../source/object-reader.ts';
import { textSources } from '../source/text-source.ts';
import { oneOf, readArguments } from '../terminal/arguments.ts';
import { EXIT, processTerminal, type Terminal } from '../terminal/terminal.ts';
import { connectionGraph } from './connection-graph.ts';
import { dotGraph, mermaidGraph } from './drawing.ts';

const HELP = `usage: cdk8s-nats graph [options] [FILE | FOLDER | -]...

Draws who talks to whom, as URLs and addresses in env and in mounted configurations tell, and what the edge leads to.

  --format FORMAT   mermaid, dot   (default: mermaid)
  --help            this text

Exit code: 0 drawn, 2 something could not be read.
`;

const FORMATS = ['mermaid', 'dot'] as const;
const OPTIONS = {
  format: { type: 'string', default: 'mermaid' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Runs `graph`; fulfils with the exit code. */
export async function runGraph(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (values.help) {
    await terminal.out(HELP);
    return EXIT.clean;
  }
  const format = oneOf('format', values.format, FORMATS);
  const graph = connectionGraph(
    await readObjects(await textSources(positionals.length === 0 ? ['-'] : positionals, terminal.stdin)),
  );
  await terminal.out(format === 'dot' ? dotGraph(graph) : mermaidGraph(graph));
  return EXIT.clean;
}
