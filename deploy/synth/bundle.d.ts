import type { BuildOptions, Plugin } from 'esbuild';

export function synthesisBundle(): BuildOptions;
export function appBundle(entry: string, folder: string, flags?: readonly string[]): BuildOptions;
export function companionBundle(): BuildOptions;
export const deferredSchemas: Plugin;
