import { expandContainerEnv, type RawEnv } from '#env';
import type { Cursor } from './cursor.ts';

/**
 * The `env` of a container as the env zone reads it. A value that YAML did not read as text counts as its text.
 */
export function rawEnv(container: Cursor): readonly RawEnv[] {
  return container.at('env').items.map(entryOf);
}

function entryOf(entry: Cursor): RawEnv {
  const name = entry.at('name').text ?? '';
  const value = entry.at('value');
  const valueFrom = entry.at('valueFrom').value;
  return {
    name,
    ...(value.exists ? { value: value.text ?? JSON.stringify(value.value) } : {}),
    ...(valueFrom === undefined ? {} : { valueFrom }),
  };
}

/** The places where the `env` of a container has a source of one kind, such as `secretKeyRef`. */
export function envSources(container: Cursor, kind: string): readonly Cursor[] {
  return rawEnv(container).flatMap(({ valueFrom }, index) =>
    typeof valueFrom === 'object' && valueFrom !== null && Object.hasOwn(valueFrom, kind)
      ? [container.at('env', index, 'valueFrom', kind)]
      : [],
  );
}

/** Stands for the part of a value that comes by reference; no host, user or database has it in its name. */
export const UNSEEN = '\u0000';

/** Final values of the entries of an `env`, with {@link UNSEEN} for what comes by reference. */
export function seenValues(entries: readonly RawEnv[]): Readonly<Record<string, string>> {
  return expandContainerEnv({ env: entries, resolve: () => UNSEEN }).values;
}
