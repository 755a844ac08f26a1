/** `cdk8s-nats graph` */
import { dotOf, mermaidOf, svgOf, type Picture } from '#picture';
import { UnreadableError, type ReadObject } from '#manifest-source';
import { noteEmpty, objectsNamed, READING_HELP, READING_OPTIONS } from '../reading.ts';
import { oneOf, readArguments } from '../terminal/arguments.ts';
import { EXIT, processTerminal, type Terminal } from '../terminal/terminal.ts';
import { connectionGraph } from './connection-graph.ts';
import type { ConnectionGraph } from './graph-model.ts';
import { subjectPicture } from './declared-subjects.ts';
import { dotGraph, mermaidGraph } from './drawing.ts';

const HELP = `usage: cdk8s-nats graph [options] [FILE | FOLDER | -]...

Draws connections, from URLs and addresses in env, arguments and mounted configuration, and the routes of the edge.
Each arrow shows whether NetworkPolicies allow it; a dashed arrow is allowed, but no caller is visible.

  --format FORMAT   mermaid, dot, svg   (default: mermaid)
  --view VIEW       connections, subjects   (default: connections)
                    subjects: publishers and consumers of each subject, from the permissions in nats.conf
${READING_HELP}
  --help            this text

Exit code: 0 done, 2 something could not be read, or no subject was found.
`;

const FORMATS = ['mermaid', 'dot', 'svg'] as const;
const VIEWS = ['connections', 'subjects'] as const;
type Format = (typeof FORMATS)[number];
/** Boxes and arrows; more make no picture, and laying them out takes minutes. */
const MOST_PARTS = 500;
const OPTIONS = {
  ...READING_OPTIONS,
  format: { type: 'string', default: 'mermaid' },
  view: { type: 'string', default: 'connections' },
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
  const view = oneOf('view', values.view, VIEWS);
  const { objects, code } = await objectsNamed(positionals, values, terminal);
  await terminal.out(view === 'subjects' ? subjectsAs(format, objects) : await connectionsAs(format, objects));
  return Math.max(code, noteEmpty(objects.length, values, terminal));
}

function subjectsAs(format: Format, objects: readonly ReadObject[]): string {
  const picture = subjectPicture(objects);
  if (picture === undefined) {
    throw new UnreadableError('no subjects found: no ConfigMap has a .conf key with NATS users and permissions');
  }
  const draw: Readonly<Record<Format, (picture: Picture) => string>> = { mermaid: mermaidOf, dot: dotOf, svg: svgOf };
  return draw[format](picture);
}

async function connectionsAs(format: Format, objects: readonly ReadObject[]): Promise<string> {
  const graph = connectionGraph(objects);
  if (format === 'svg') return await svgOfConnections(graph);
  return format === 'dot' ? dotGraph(graph) : mermaidGraph(graph);
}

/** The layout is loaded for who asks for it alone. */
async function svgOfConnections(graph: ConnectionGraph): Promise<string> {
  const parts = graph.nodes.length + graph.edges.length;
  if (parts > MOST_PARTS) {
    throw new UnreadableError(
      `${parts} boxes and arrows do not fit into one picture: draw fewer files, or use --format dot with Graphviz`,
    );
  }
  const { svgGraph } = await import('./svg.ts');
  return svgGraph(graph);
}
