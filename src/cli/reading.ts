/** What every subcommand that reads manifests has in common: which files it takes, and what it says when they hold nothing. */
import { textSources, type TextSource } from '#manifest-source';
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

/** Says that no object was read when none was; returns the exit code that follows. */
export function noteEmpty(objects: number, values: ReadingValues, terminal: Terminal): number {
  if (objects > 0) return EXIT.clean;
  terminal.err('no objects found\n');
  return values['fail-on-empty'] ? EXIT.unreadable : EXIT.clean;
}
