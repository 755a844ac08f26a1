/**
 * The pages of docs/constructs and docs/guides: each pair of a `ts` block and the `yaml` block after it says "this code
 * yields this". A block may have a file name, as `ts app.ts`, by which the others of its page import it; one that is named
 * as a test is run as one. The code is type-checked and run as its reader would, with the library's names taken from the
 * source.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';
import { parseAllDocuments } from 'yaml';

/** One claim of a page: what the code is, and what it is said to yield. */
export interface GuideClaim {
  /** Text of the `ts` block. */
  readonly code: string;
  /** Its file name; undefined if it has none. */
  readonly file: string | undefined;
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

interface Block {
  readonly language: string;
  /** What follows the language. */
  readonly words: readonly string[];
  readonly text: string;
  readonly offset: number;
}

function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(FENCE)].map(({ index, 0: whole, 1: language = '', 2: words = '', 3: text = '' }) => ({
    language,
    words: words.split(/\s+/).filter((word) => word !== ''),
    text,
    offset: index + whole.indexOf('\n') + 1,
  }));
}

/** The claims of a page, in its order. */
export function claimsOf(page: string): readonly GuideClaim[] {
  const blocks = blocksOf(page);
  return blocks.flatMap(({ language, words, text, offset }, position) => {
    const before = blocks[position - 1];
    if (language !== 'yaml' || before?.language !== 'ts') return [];
    return [{ code: before.text, file: before.words[0], yaml: text, shown: words, offset }];
  });
}

/** The files of a page's code where TypeScript finds them. */
export interface GuidePrograms {
  /** One for each claim, in their order. */
  readonly claims: readonly string[];
  /** Those that are tests. */
  readonly tests: readonly string[];
  /** All of them. */
  readonly all: readonly string[];
}

/** Writes the code of a page, and returns the files. */
export function writePrograms(name: string, page: string): GuidePrograms {
  const folder = path.join(WORK, name);
  mkdirSync(folder, { recursive: true });
  // a reader's program is a module, whatever else lies in build
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }\n');
  const write = (file: string, code: string): string => {
    writeFileSync(path.join(folder, file), code);
    return path.join(folder, file);
  };
  const named = blocksOf(page).flatMap(({ language, words: [file], text }) =>
    language === 'ts' && file !== undefined ? [write(file, text)] : [],
  );
  const claims = claimsOf(page).map(({ file, code }, index) =>
    file === undefined ? write(`program-${index + 1}.ts`, `${code}\nexport { app };\n`) : path.join(folder, file),
  );
  return { claims, tests: named.filter((file) => file.endsWith('.test.ts')), all: [...new Set([...named, ...claims])] };
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

/** The guide pages, as `docs/constructs/redis.md`. */
export function guidePages(): readonly string[] {
  return ['docs/constructs', 'docs/guides'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder))
      .filter((file) => file.endsWith('.md') && file !== 'README.md')
      .map((file) => `${folder}/${file}`),
  );
}

/** Reads a page. */
export function readPage(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Compiler options under which a reader's program is checked, with the library's names taken from the source. */
export function readersPaths(): Record<string, string[]> {
  return Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, [file]]));
}
