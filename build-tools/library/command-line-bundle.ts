import { build, type Metafile } from 'esbuild';
import { chmod } from 'node:fs/promises';

/**
 * Bundles the command line into a folder: a file for each subcommand, so that none loads another. Code of CommonJS in them
 * asks for `require`. esbuild stays a package: only `synth` needs it, as it is installed beside the app.
 */
export async function bundleCommandLine(folder: string): Promise<Metafile> {
  const { metafile } = await build({
    metafile: true,
    entryPoints: { 'cdk8s-nats': 'src/cli/main.ts' },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    chunkNames: '[name]-[hash]',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['esbuild'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  await chmod(`${folder}/cdk8s-nats.mjs`, 0o755);
  return metafile;
}
