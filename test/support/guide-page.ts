/**
 * The pages of docs/constructs: each pair of a `ts` block and the `yaml` block after it says "this code yields this".
 * The code is type-checked and run as its reader would, with the library's names taken from the source.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';
import { parseAllDocuments } from 'yaml';

/** One claim of a page: what the code is, and what it is said to yield. */
export interface GuideClaim {
  /** Text of the `ts` block. */
  readonly code: string;
  /** Text of the `yaml` block. */
  readonly yaml: string;
  /** Objects that the yaml block shows, as `Kind` or `Kind/name`; empty for all. */
  readonly shown: readonly string[];
  /** Offset of the yaml text in the page. */
  readonly offset: number;
}

const ROOT = path.resolve(import.meta.dirname, '../..');
const WORK = path.join(ROOT, 'build/guide-pages');
const ENTRIES = {
  'cdk8s-nats/declare': path.join(ROOT, 'src/declare.ts'),
  'cdk8s-nats': path.join(ROOT, 'src/index.ts'),
};
const FENCE = /^```(\w*)[ \t]*(.*)\n([\s\S]*?)^```$/gm;

/** The claims of a page, in its order. */
export function claimsOf(page: string): readonly GuideClaim[] {
  const blocks = [...page.matchAll(FENCE)].map(({ index, 0: whole, 1: language, 2: words = '', 3: text = '' }) => ({
    language,
    words: words.split(/\s+/).filter((word) => word !== ''),
    text,
    offset: index + whole.indexOf('\n') + 1,
  }));
  return blocks.flatMap(({ language, words, text, offset }, position) => {
    const before = blocks[position - 1];
    if (language !== 'yaml' || before?.language !== 'ts') return [];
    return [{ code: before.text, yaml: text, shown: words, offset }];
  });
}

/** Writes the code of a claim where TypeScript finds it, and returns the file. */
export function writeProgram(name: string, { code }: GuideClaim): string {
  mkdirSync(WORK, { recursive: true });
  // a reader's program is a module, whatever else lies in build
  writeFileSync(path.join(WORK, 'package.json'), '{ "type": "module" }\n');
  const file = path.join(WORK, `${name}.ts`);
  writeFileSync(file, `${code}\nexport { app };\n`);
  return file;
}

/** Runs the program and gives the YAML of the objects that the claim shows, formatted as in the page. */
export async function yieldedYaml(program: string, { shown }: GuideClaim): Promise<string> {
  const outfile = program.replace(/\.ts$/, '.mjs');
  const alias = ENTRIES;
  await build({ entryPoints: [program], outfile, bundle: true, platform: 'node', format: 'esm', alias, ...OUTSIDE });
  const module = (await import(/* @vite-ignore */ `${pathToFileURL(outfile).href}?${Date.now()}`)) as {
    readonly app: { synthYaml(): string };
  };
  const documents = parseAllDocuments(module.app.synthYaml()).filter((document) => {
    const { kind, metadata } = document.toJS() as {
      readonly kind: string;
      readonly metadata: { readonly name: string };
    };
    return shown.length === 0 || shown.includes(kind) || shown.includes(`${kind}/${metadata.name}`);
  });
  const text = documents.map((document) => document.toString({ directives: false, lineWidth: 0 })).join('---\n');
  const config = await resolveConfig(path.join(ROOT, 'docs/constructs/page.md'));
  return format(text, { ...config, parser: 'yaml' });
}

const OUTSIDE = { packages: 'external', logLevel: 'silent' } as const;

/** The page with the yaml of its claims replaced. */
export function withYaml(page: string, claims: readonly GuideClaim[], yielded: readonly string[]): string {
  return claims.reduceRight(
    (text, { offset, yaml }, index) =>
      text.slice(0, offset) + (yielded[index] ?? '') + text.slice(offset + yaml.length),
    page,
  );
}

/** Reads a page of docs/constructs. */
export function readPage(file: string): string {
  return readFileSync(path.join(ROOT, 'docs/constructs', file), 'utf8');
}

/** Compiler options under which a reader's program is checked, with the library's names taken from the source. */
export function readersPaths(): Record<string, string[]> {
  return Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, [file]]));
}
