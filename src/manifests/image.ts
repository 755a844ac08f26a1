/** What the name of an image tells. */

/** The last part of an image's name, without tag and digest: `redis` of `docker.io/library/redis:7-alpine`. */
export function programOf(image: string): string {
  const name = image.split('@')[0]?.split('/').at(-1) ?? '';
  return name.split(':')[0] ?? '';
}

/** The tag of an image; undefined when it names none. */
export function tagOf(image: string): string | undefined {
  return /:([\w][\w.-]*)$/.exec(image.split('@')[0]?.split('/').at(-1) ?? '')?.[1];
}

/** Images that hold the official PostgreSQL with extensions. */
const POSTGRES_IMAGES: ReadonlySet<string> = new Set([
  'postgres',
  'postgis',
  'pgvector',
  'timescaledb',
  'timescaledb-ha',
]);

/** Major version of PostgreSQL in an image; undefined when it is no PostgreSQL, or its tag does not say. */
export function postgresMajor(image: string | undefined): number | undefined {
  if (image === undefined || !POSTGRES_IMAGES.has(programOf(image))) return undefined;
  const tag = tagOf(image) ?? '';
  const major = /(?:^|[-_]|pg)(\d{1,2})(?:[.-]|$)/.exec(
    programOf(image) === 'postgres' ? tag : (/pg\d+/.exec(tag)?.[0] ?? tag),
  )?.[1];
  return major === undefined ? undefined : Number(major);
}
