import type { BuildOptions, Plugin } from 'esbuild';

export function synthesisBundle(): BuildOptions;
export function companionBundle(): BuildOptions;
export const deferredSchemas: Plugin;
