/** The declarations of an app, read by running the module that exports them. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Topology } from '#messaging';
import { freshBundle, makeBundle } from '../synth/app-bundle.ts';
import { UsageError } from '../terminal/arguments.ts';

/**
 * The topology that a module exports, by the name of its export or as its only one. The module may be TypeScript. Throws a
 * `UsageError` that says what the module has instead.
 */
export async function declaredTopology(module: string, exported: string | undefined): Promise<Topology> {
  const folder = process.cwd();
  const entry = resolve(folder, module);
  if (!existsSync(entry)) throw new UsageError(`${module} does not exist: pass the module that exports the topology`);
  const { file, isModule } = freshBundle(entry, folder) ?? (await makeBundle(entry, folder));
  const values = (isModule ? await import(pathToFileURL(file).href) : createRequire(import.meta.url)(file)) as Readonly<
    Record<string, unknown>
  >;
  const found = Object.entries(values).filter((pair): pair is [string, Topology] => isTopology(pair[1]));
  // a module may export one under its name and as its default
  const [only, ...others] = new Set(found.map(([, value]) => value));
  const names = found.map(([name]) => name).join(', ');
  if (exported !== undefined) {
    const wanted = found.find(([name]) => name === exported);
    if (wanted === undefined) throw new UsageError(`${module} exports no topology ${exported}, but ${names || 'none'}`);
    return wanted[1];
  }
  if (only === undefined) {
    throw new UsageError(`${module} exports no topology: export what defineTopology returns`);
  }
  if (others.length > 0)
    throw new UsageError(`${module} exports several topologies: choose one with --export: ${names}`);
  return only;
}

function isTopology(value: unknown): value is Topology {
  const { streams, services } = (value ?? {}) as Partial<Topology>;
  return Array.isArray(streams) && Array.isArray(services) && services.every((one) => 'publishes' in (one as object));
}
