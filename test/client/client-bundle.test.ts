import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** Bytes of a client with a face, minified. */
const BUDGET_BYTES = 4_500;

it('a page with a client holds no schemas, and little else', async () => {
  const { metafile, outputFiles } = await build({
    stdin: {
      contents:
        "import { createClient } from '#client'; import face from 'face.json'; globalThis.client = createClient(face);",
      resolveDir: '.',
      loader: 'ts',
    },
    plugins: [
      {
        name: 'face',
        setup: ({ onResolve, onLoad }) => {
          onResolve({ filter: /^face\.json$/ }, ({ path }) => ({ path, namespace: 'face' }));
          onLoad({ filter: /.*/, namespace: 'face' }, () => ({
            contents: '{"service":"a","routes":{}}',
            loader: 'json',
          }));
        },
      },
    ],
    ...{ bundle: true, minify: true, write: false, metafile: true, format: 'esm', platform: 'browser' },
  });
  const [output] = outputFiles;
  expect(output?.contents.byteLength).toBeLessThan(BUDGET_BYTES);
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  expect(used.map(([file]) => file).filter((file) => !/^src\/(client|http\/route)|face|<stdin>/.test(file))).toEqual(
    [],
  );
});
