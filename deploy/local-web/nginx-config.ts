/** What the web's nginx configuration of the manifests says, as far as it uses nginx: locations, their files and headers. */
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

/** One location. */
export interface WebLocation {
  readonly path: string;
  /** Whether only this very path is meant. */
  readonly exact: boolean;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Status and text of an answer that comes from no file. */
  readonly answer?: { readonly status: number; readonly text: string };
  /** Name of the file of the ConfigMap that is served. */
  readonly alias?: string;
  /** Served when the file is not there; undefined for 404. */
  readonly fallback?: string;
}

/** The configuration of the web's server. */
export interface WebServerConfig {
  readonly locations: readonly WebLocation[];
  /** Files of the ConfigMap, by name. */
  readonly files: Readonly<Record<string, string>>;
}

const CONFIG_FILE = 'default.conf';

/** Reads the ConfigMap of a manifest. Throws when it holds no server, or a directive in a location that is not known here. */
export function readWebServerConfig(manifest: string): WebServerConfig {
  const documents = parseAllDocuments(readFileSync(manifest, 'utf8')).map((one) => one.toJS() as ManifestObject);
  const files = documents.find(({ data }) => data?.[CONFIG_FILE] !== undefined)?.data;
  const text = files?.[CONFIG_FILE];
  if (files === undefined || text === undefined) throw new Error(`${manifest} holds no ConfigMap with ${CONFIG_FILE}`);
  const variables = new Map(
    [...text.matchAll(/set (\$\w+) "([^"]*)";/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const locations = [...text.matchAll(/location (= )?(\S+) \{([^}]*)\}/g)].map(([, exact, path = '', body = '']) =>
    locationFrom(path, exact !== undefined, body, variables),
  );
  return { locations, files };
}

/** The location of a path: the exact one, else the longest that it begins with. */
export function locationOf({ locations }: WebServerConfig, path: string): WebLocation | undefined {
  const prefixes = locations.filter((one) => !one.exact && path.startsWith(one.path));
  return (
    locations.find((one) => one.exact && one.path === path) ??
    prefixes.toSorted((a, b) => b.path.length - a.path.length)[0]
  );
}

interface ManifestObject {
  readonly data?: Readonly<Record<string, string>>;
}

function locationFrom(path: string, exact: boolean, body: string, variables: ReadonlyMap<string, string>): WebLocation {
  const headers: (readonly [string, string])[] = [];
  let more: Partial<WebLocation> = {};
  for (const [, directive = '', rest = ''] of body.matchAll(/^\s*(\w+) (.*);$/gm)) {
    const [first = '', second = ''] = argumentsIn(rest).map((one) => variables.get(one) ?? one);
    if (directive === 'add_header') headers.push([first, second]);
    else if (directive === 'default_type') headers.push(['Content-Type', first]);
    else if (directive === 'return') more = { ...more, answer: { status: Number(first), text: second } };
    else if (directive === 'alias') more = { ...more, alias: first.split('/').at(-1) ?? '' };
    else if (directive === 'try_files') more = second.startsWith('=') ? more : { ...more, fallback: second };
    else if (directive !== 'access_log') throw new Error(`${path}: nginx directive ${directive} is not known here`);
  }
  return { path, exact, headers, ...more };
}

function argumentsIn(rest: string): string[] {
  return [...rest.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}
