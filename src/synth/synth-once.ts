import type { App } from 'cdk8s';
import { Construct } from 'constructs';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderApp } from './render-app.ts';
import type { RenderedApp } from './rendered-app.ts';

/**
 * Writes what `App.synth()` writes, byte for byte, with one validation, whatever the number of charts; `App.synth()`
 * validates and resolves the whole app once for each chart. Several apps are rendered before the first file is written, so
 * an error in one leaves all folders as they were. Like `App.synth()`, it deletes nothing. Errors are those of `App.synth()`.
 */
export function synthOnce(...apps: readonly App[]): void {
  for (const { outdir, folders, files } of renderApps(...apps)) {
    mkdirSync(outdir, { recursive: true });
    for (const folder of folders) mkdirSync(join(outdir, folder), { recursive: true });
    for (const [name, text] of files) write(join(outdir, name), text);
  }
}

/** Unchanged files are not touched: this is faster, and triggers no file watcher. */
function write(path: string, text: string): void {
  if (textOf(path) !== text) writeFileSync(path, text);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** What {@link synthOnce} would write, for those who put it elsewhere or compare it. */
export function renderApps(...apps: readonly App[]): readonly RenderedApp[] {
  apps.forEach(assertApp);
  return apps.map(renderApp);
}

/** A list of apps, a chart or a promise would end in a TypeError. */
function assertApp(app: unknown, index: number): void {
  if (Construct.isConstruct(app) && 'outdir' in app) return;
  const what = Array.isArray(app) ? 'a list' : Construct.isConstruct(app) ? app.constructor.name : String(app);
  throw new Error(
    `synthesis: app ${index} is ${what}, must be an App of cdk8s: pass apps side by side, as in (first, second)`,
  );
}
