import { readFile } from 'node:fs/promises';

/** The package of this command: its folder, with a slash at the end, and its version. */
export interface OwnPackage {
  readonly folder: URL;
  readonly version: string;
}

/** Finds the package that holds this file, wherever below it this file is. */
export async function ownPackage(): Promise<OwnPackage> {
  for (let folder = new URL('.', import.meta.url); folder.pathname !== '/'; folder = new URL('..', folder)) {
    const text = await readFile(new URL('package.json', folder), 'utf8').catch(() => '{}');
    const { name, version } = JSON.parse(text) as { readonly name?: string; readonly version?: string };
    if (name === 'cdk8s-nats' && version !== undefined) return { folder, version };
  }
  throw new Error('the package of this command was not found');
}
