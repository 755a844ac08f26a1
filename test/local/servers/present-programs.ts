/** A machine that has certain programs, for `vi.mock('node:fs', …)`. */

/** Programs that this machine has. */
export const present: string[] = [];

/** The file system of that machine. */
export async function fsOfPresent(original: () => Promise<typeof import('node:fs')>): Promise<object> {
  return {
    ...(await original()),
    accessSync: (path: string) => {
      if (!present.some((name) => path.endsWith(`/${name}`))) throw new Error('ENOENT');
    },
    statSync: () => ({ isFile: () => true }),
  };
}
