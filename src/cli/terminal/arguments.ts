import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Thrown when a subcommand is called in a wrong way; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Parsed options and the words besides; `--help` is among the options of every subcommand. Throws a `UsageError`. */
export function readArguments<const O extends Options>(args: readonly string[], options: O) {
  try {
    const config = { args: [...args], options, allowPositionals: true, strict: true } as const;
    return parseArgs<typeof config>(config);
  } catch (error) {
    // node's own text names the option and, for some, how to give a value that starts with a dash
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The items of a repeatable option such as `a,b`. */
export function words(values: readonly string[] | undefined): readonly string[] {
  return (values ?? [])
    .flatMap((value) => value.split(','))
    .flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
}

/** One of some words; throws a `UsageError` that names them. */
export function oneOf<const W extends string>(option: string, value: string, allowed: readonly W[]): W {
  const found = allowed.find((word) => word === value);
  if (found === undefined) throw new UsageError(`--${option} is ${value}, must be one of ${allowed.join(', ')}`);
  return found;
}
