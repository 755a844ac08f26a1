import Module from 'node:module';
import { join } from 'node:path';
import { cacheFolder } from './app-bundle.ts';

/** Has Node keep the compiled code of what is loaded from now on, where it can (from 22.1 on). */
export function keepCompiled(folder: string): void {
  const { enableCompileCache } = Module as { readonly enableCompileCache?: (folder: string) => unknown };
  enableCompileCache?.(join(cacheFolder(folder), 'compiled'));
}
