import { build } from 'esbuild';
import { expect, it } from 'vitest';

const CLIENTS = ['ioredis', 'kysely', 'nats', 'pg'];

it('the test kit loads the client of a store only for a service that has the store', async () => {
  const { metafile } = await build({
    entryPoints: ['src/testing.ts'],
    outdir: 'build/test-kit',
    ...{ bundle: true, splitting: true, write: false, metafile: true, format: 'esm', platform: 'node' },
    packages: 'external',
  });
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { path, kind } of metafile.outputs[file]?.imports ?? []) if (kind === 'import-statement') load(path);
  };
  load('build/test-kit/testing.js');
  expect([...loaded]).toContain('express');
  expect(CLIENTS.filter((client) => loaded.has(client))).toEqual([]);
});
