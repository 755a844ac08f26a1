import { writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import {
  claimsOf,
  guidePages,
  readersPaths,
  readPage,
  withYaml,
  writePrograms,
  yieldedYaml,
} from '#test-support/guide-page';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** `UPDATE=1` writes what the code yields into the pages. */
const UPDATE = process.env['UPDATE'] === '1';

const pages = guidePages().map((file) => {
  const text = readPage(file);
  return { file, text, claims: claimsOf(text), programs: writePrograms(path.basename(file, '.md'), text) };
});

describe.each(pages)('$file', ({ file, text, claims, programs }) => {
  it('shows code and the YAML that it yields', () => {
    expect(claims.length).toBeGreaterThan(0);
  });

  it('tells the truth about the YAML', async () => {
    const yielded: string[] = [];
    for (const [index, claim] of claims.entries()) yielded.push(await yieldedYaml(programs.claims[index] ?? '', claim));
    if (UPDATE) writeFileSync(path.join(ROOT, file), withYaml(text, claims, yielded));
    else expect(claims.map(({ yaml }) => yaml)).toEqual(yielded);
  });
});

describe.each(pages.flatMap(({ file, programs }) => programs.tests.map((test) => ({ file, test }))))(
  'the test that $file shows',
  async ({ test }) => {
    await import(test);
  },
);

describe('the programs of all pages', () => {
  it('type-check as a reader would type them', { timeout: 120_000 }, () => {
    const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), ts.sys.readFile) as {
      readonly config: { readonly compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, noUnusedLocals: false }, ROOT);
    const roots = pages.flatMap(({ programs }) => programs.all);
    const program = ts.createProgram(roots, { ...options, types: ['node'], paths: readersPaths() });
    const wrong = roots.flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)));
    expect(
      wrong.map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`),
    ).toEqual([]);
  });
});
