import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

/** Bytes of everything that declarations can be made of, minified: env, messaging with requests, the HTTP contract, and clear faults for callers without types. */
const BUDGET_BYTES = 57_500;

async function bundle(entry: string) {
  return await build({
    stdin: { contents: entry, resolveDir: '.', loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
  });
}

describe('a bundle that imports the declarations', () => {
  it('holds no cdk8s, no constructs and no code of synthesis', async () => {
    const { metafile } = await bundle("export * from '#declare';");
    const inputs = Object.keys(metafile.inputs);
    expect(inputs).toContain('src/env/order.ts');
    expect(
      inputs.filter((input) =>
        /node_modules\/(cdk8s|constructs|yaml)|src\/(constructs|cli|video-platform)/.test(input),
      ),
    ).toEqual([]);
  });

  it('runs in a browser too and stays small', async () => {
    const { outputFiles } = await bundle("export * from '#declare';");
    expect(outputFiles[0]?.contents.byteLength).toBeLessThan(BUDGET_BYTES);
  });

  it('drops what it does not use', async () => {
    const { outputFiles } = await bundle(
      "import { subjectOf } from '#declare'; console.log(subjectOf('a.{b}', { b: 'c' }));",
    );
    expect(outputFiles[0]?.contents.byteLength).toBeLessThan(2_000);
  });
});
