/** Apps whose order only cdk8s itself can judge: circles, dependencies that leave the app, classes with an order of their own. */
import { App } from 'cdk8s';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { RenderedApp } from './rendered-app.ts';

/** Lets cdk8s write the app into a folder that is read and thrown away, so that an error leaves nothing behind here too. */
export function renderedByCdk8s(app: App): RenderedApp {
  const { outdir } = app;
  const staging = mkdtempSync(join(tmpdir(), 'cdk8s-nats-synth-'));
  const redirected = app as { outdir: string };
  try {
    redirected.outdir = staging;
    App.prototype.synth.call(app);
    return { outdir, ...contentsOf(staging) };
  } finally {
    redirected.outdir = outdir;
    rmSync(staging, { recursive: true, force: true });
  }
}

function contentsOf(top: string): Pick<RenderedApp, 'folders' | 'files'> {
  const folders: string[] = [];
  const files = new Map<string, string>();
  const read = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        folders.push(relative(top, path));
        read(path);
      } else {
        files.set(relative(top, path), readFileSync(path, 'utf8'));
      }
    }
  };
  read(top);
  return { folders, files };
}
