/** What every subcommand that reads manifests has in common: which files it takes, and what it says when they hold nothing. */
import { readObjects, textSources, UnreadableError, type ReadObject, type TextSource } from '#manifest-source';
import { words } from './terminal/arguments.ts';
import { EXIT, type Terminal } from './terminal/terminal.ts';

/** Options of such a subcommand. */
export const READING_OPTIONS = {
  exclude: { type: 'string', multiple: true },
  'fail-on-empty': { type: 'boolean', default: false },
} as const;

/** Their help. */
export const READING_HELP = `  --exclude PATTERN leave out files and folders, with *, ** and ? as in .gitignore; repeatable
  --fail-on-empty   exit with code 2 when no object was read`;

/** Values of these options. */
export interface ReadingValues {
  readonly exclude?: readonly string[] | undefined;
  readonly 'fail-on-empty': boolean;
}

/** The sources named by the arguments of a command line; standard input without arguments. Throws `UnreadableError`. */
export async function sourcesNamed(
  names: readonly string[],
  { exclude }: Pick<ReadingValues, 'exclude'>,
  terminal: Terminal,
): Promise<readonly TextSource[]> {
  return await textSources(names.length === 0 ? ['-'] : names, terminal.stdin, words(exclude));
}

/** Objects that could be read, and whether all could. */
export interface ReadSources {
  readonly objects: readonly ReadObject[];
  /** Exit code that follows: `unreadable` when a source could not be read. */
  readonly code: number;
}

/** The objects of the sources named; a source that cannot be read is named, and the rest is read. */
export async function objectsNamed(
  names: readonly string[],
  values: Pick<ReadingValues, 'exclude'>,
  terminal: Terminal,
): Promise<ReadSources> {
  const objects: ReadObject[] = [];
  let code: number = EXIT.clean;
  for (const source of await sourcesNamed(names, values, terminal)) {
    try {
      objects.push(...(await readObjects([source])));
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      terminal.err(`${error.message}\n`);
      code = EXIT.unreadable;
    }
  }
  return { objects, code };
}

/** Says that no object was read when none was; returns the exit code that follows. */
export function noteEmpty(objects: number, values: ReadingValues, terminal: Terminal): number {
  if (objects > 0) return EXIT.clean;
  terminal.err('no objects found\n');
  return values['fail-on-empty'] ? EXIT.unreadable : EXIT.clean;
}
