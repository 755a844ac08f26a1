/** `cdk8s-nats messages` */
import { existsSync, readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { asyncApiOf, type AsyncApiDocument } from '#asyncapi';
import { movedReferences } from '#json-schema';
import { oneOf, readArguments, UsageError } from '../terminal/arguments.ts';
import { EXIT, processTerminal, type Terminal } from '../terminal/terminal.ts';
import { declaredTopology } from './declared-topology.ts';

const HELP = `usage: cdk8s-nats messages [options] MODULE

Writes the messages and requests of an app as AsyncAPI 3 or JSON Schema, for services in other languages, catalogs and code
generators. MODULE is the TypeScript or JavaScript file that exports what defineTopology returns.

  --export NAME     the export to read   (default: the only topology)
  --service NAME    only what this service sends and receives
  --format FORMAT   asyncapi, json-schema   (default: asyncapi)
  --title TEXT      title of the document   (default: name in package.json)
  --release TEXT    version of the document (default: version in package.json)
  --json            JSON instead of YAML
  --help            this text

Schemas are those of payloads on the wire. They are empty where the payload's library does not write JSON Schema; zod 4 does.
Needs esbuild: npm install --save-dev esbuild
Exit code: 0 written, 2 wrong usage or nothing to read.
`;

const FORMATS = ['asyncapi', 'json-schema'] as const;
const OPTIONS = {
  export: { type: 'string' },
  service: { type: 'string' },
  format: { type: 'string', default: 'asyncapi' },
  title: { type: 'string' },
  release: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Runs `messages`; fulfils with the exit code. */
export async function runMessages(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS);
  if (values.help) {
    await terminal.out(HELP);
    return EXIT.clean;
  }
  const [module, ...rest] = positionals;
  if (module === undefined || rest.length > 0) throw new UsageError('messages takes one module');
  const format = oneOf('format', values.format, FORMATS);
  const topology = await declaredTopology(module, values.export);
  const services = topology.services.map(({ name }) => name);
  const { service } = values;
  if (service !== undefined && !services.includes(service)) {
    throw new UsageError(`--service is ${service}, must be one of ${services.join(', ')}`);
  }
  const { name, version } = projectPackage();
  const document = asyncApiOf(topology, {
    title: values.title ?? name ?? 'messages',
    version: values.release ?? version ?? '0.0.0',
    ...(service === undefined ? {} : { service }),
  });
  const written = format === 'asyncapi' ? document : schemasOf(document);
  if (values.json) await terminal.out(`${JSON.stringify(written, null, 2)}\n`);
  else await terminal.out(stringify(written, { lineWidth: 0, aliasDuplicateObjects: false }));
  return EXIT.clean;
}

/** One JSON Schema with the payloads by their subjects. */
function schemasOf({ info, components }: AsyncApiDocument): object {
  const payloads = Object.entries(components.messages).map(([key, { name, payload }]) => {
    const pointer = String(name).replaceAll('~', '~0').replaceAll('/', '~1');
    return [name, movedReferences(payload, `#/components/messages/${key}/payload`, `#/$defs/${pointer}`)];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: info['title'],
    $defs: Object.fromEntries(payloads) as object,
  };
}

function projectPackage(): { readonly name?: string; readonly version?: string } {
  return existsSync('package.json') ? (JSON.parse(readFileSync('package.json', 'utf8')) as object) : {};
}
