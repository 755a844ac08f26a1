import type { Migration } from 'kysely';

/** Migrations of a service by name, `0001-videos` and on; they carry the type of the tables that they make. */
export interface Migrations<Tables = unknown> {
  /** Migrations by name; they run in the order of their names. */
  readonly byName: Readonly<Record<string, Migration>>;
  /** Only for the type. @default - undefined */
  readonly tables?: Tables;
}

/** Puts migrations together; `Tables` says what they make. Names sort in their order. */
export function defineMigrations<Tables>(byName: Readonly<Record<string, Migration>>): Migrations<Tables> {
  const wrong = Object.keys(byName).filter((name) => !/^\d{4}-[a-z0-9-]+$/.test(name));
  if (wrong.length > 0)
    throw new Error(`migrations ${wrong.join(', ')}: a name must be four digits and words, such as 0001-videos`);
  return { byName };
}
