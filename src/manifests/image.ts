/** What the name of an image tells. */

/** A part of the path of an image. https://github.com/distribution/reference/blob/main/regexp.go */
const PATH_PART = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const REGISTRY = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(?::\d+)?$/;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** What keeps a text from being an image reference, as a clause; undefined when it is one. */
export function imageReferenceFault(image: string): string | undefined {
  if (/\s/.test(image)) return 'it contains a blank';
  const [named = '', digest] = image.split('@');
  if (digest !== undefined && !DIGEST.test(digest)) return 'its digest is not sha256 with 64 hexadecimal digits';
  const [, path = '', tag] = /^(.*?)(?::([^:/]*))?$/.exec(named) ?? [];
  if (tag !== undefined && !TAG.test(tag)) return `its tag ${JSON.stringify(tag)} is invalid`;
  const parts = path.split('/');
  const first = parts[0] ?? '';
  const isRegistry = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost');
  if (isRegistry && !REGISTRY.test(first)) return `its registry ${JSON.stringify(first)} is no host name`;
  const wrong = (isRegistry ? parts.slice(1) : parts).find((part) => !PATH_PART.test(part));
  if (wrong === undefined) return undefined;
  if (/^[a-z]+:$/.test(first)) return 'it begins with a scheme';
  return /[A-Z]/.test(wrong)
    ? `its path contains capital letters (${wrong})`
    : `its path contains ${JSON.stringify(wrong)}`;
}

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
