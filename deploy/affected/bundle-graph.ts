/** What of the repository goes into each bundle, as the bundler itself sees it. */
import { build, type Metafile } from 'esbuild';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** One bundle: the files whose code is in it, its text, and how a file is reached. */
export interface BundleGraph {
  readonly files: ReadonlySet<string>;
  /** The bundle without the packages, to tell whether two commits give the same. */
  readonly text: string;
  /** Modules from the entry to a file, each importing the next; empty when the file is not reached. */
  readonly chainTo: (file: string) => readonly string[];
}

/** Graphs by entry, for the entries that are there. Packages stay outside: the lock file speaks for them. */
export async function bundleGraphs(
  root: string,
  entries: readonly string[],
): Promise<ReadonlyMap<string, BundleGraph>> {
  const present = entries.filter((entry) => existsSync(join(root, entry)));
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: present.map((entry) => ({ in: entry, out: entry })),
    outdir: 'out',
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    metafile: true,
    logLevel: 'silent',
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  return new Map(
    Object.entries(metafile.outputs).flatMap(([output, { entryPoint, inputs }]) => {
      if (entryPoint === undefined) return [];
      const files = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
      const graph: BundleGraph = {
        files: new Set(files.map(([file]) => file)),
        text: texts.get(join(root, output)) ?? '',
        chainTo: (file) => chain(metafile, entryPoint, file),
      };
      return [[entryPoint, graph] as const];
    }),
  );
}

/** Breadth first, so that the shortest way is told. */
function chain(metafile: Metafile, entry: string, file: string): string[] {
  const cameFrom = new Map<string, string | undefined>([[entry, undefined]]);
  for (const module of cameFrom.keys()) {
    if (module === file) return wayBack(cameFrom, file);
    for (const { path, external } of metafile.inputs[module]?.imports ?? []) {
      if (external !== true && !cameFrom.has(path)) cameFrom.set(path, module);
    }
  }
  return [];
}

function wayBack(cameFrom: ReadonlyMap<string, string | undefined>, file: string): string[] {
  const before = cameFrom.get(file);
  return before === undefined ? [file] : [...wayBack(cameFrom, before), file];
}
