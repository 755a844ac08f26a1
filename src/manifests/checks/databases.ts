/** Every database that a URL names is one that its PostgreSQL creates, as far as the set shows what that is. */
import type { Cursor } from '../cursor.ts';
import { mountedConfigMaps } from '../config-map-references.ts';
import { dialsOf, targetsOf, type Dial } from '../dials.ts';
import { postgresMajor } from '../image.ts';
import { kindAndName } from '../manifest-set.ts';
import type { ManifestSet, PodContainer, PodTemplate } from '../manifest-set.ts';
import { rawEnv, seenValues, UNSEEN } from '../raw-env.ts';
import { faultAt, nearest } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every URL with a database that does not exist. */
export function databaseFaults({ set }: CheckInput): readonly ManifestFault[] {
  const seen = new Set<string>();
  return dialsOf(set).flatMap((dial) => {
    const key = `${dial.object.index} ${dial.at.pointer}`;
    if (seen.has(key) || !/^postgres(?:ql)?$/.test(dial.scheme ?? 'postgres')) return [];
    seen.add(key);
    const database = databaseOf(dial);
    if (database === undefined) return [];
    return targetsOf(set, dial).flatMap(({ pod }) => {
      const known = databasesOf(set, pod);
      if (known === undefined || known.has(database)) return [];
      const message = `${dial.named} names the database ${database}, which ${kindAndName(pod.object)} does not create, so no connection succeeds: ${nearest(database, [...known])}`;
      return [faultAt(dial.object, dial.at, 'database-unknown', message)];
    });
  });
}

const PATH = /^(?:jdbc:)?postgres(?:ql)?:\/\/[^/?#]*\/([^?#]+)/;

/** The database in the URL of a dial, or in the variable beside a host: PGHOST has PGDATABASE. */
function databaseOf({ pod, at, object }: Dial): string | undefined {
  if (object !== pod.object) return undefined;
  const container = pod.containers.find((it) => at.pointer.startsWith(`${it.at.pointer}/env/`));
  const name = at.at('name').text;
  if (container === undefined || name === undefined) return undefined;
  const values = seenValues(rawEnv(container.at));
  const database = name === 'PGHOST' ? values['PGDATABASE'] : PATH.exec(values[name] ?? '')?.[1];
  if (database === undefined || database.includes(UNSEEN) || database.includes('$')) return undefined;
  return decoded(database);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Databases that a pod of PostgreSQL creates; undefined when something that is not seen may create more. */
function databasesOf(set: ManifestSet, pod: PodTemplate): ReadonlySet<string> | undefined {
  const server = pod.containers.find(({ initial, at }) => !initial && postgresMajor(at.at('image').text) !== undefined);
  if (server === undefined) return undefined;
  const byImage = initialDatabase(server);
  if (byImage === undefined || hasUnseenScripts(set, pod)) return undefined;
  const texts = [
    ...mountedConfigMaps(pod).flatMap((name) =>
      Object.values(set.find('ConfigMap', pod.object.namespace, name)?.root.at('data').strings ?? {}),
    ),
    ...set.pods.flatMap(({ containers }) => containers.flatMap(commandTexts)),
  ];
  const created = texts.flatMap((text) => [...text.matchAll(CREATION)].map(([, quoted, bare]) => quoted ?? bare ?? ''));
  return created.some((name) => /[$:{]/.test(name)) ? undefined : new Set([...byImage, ...created, 'postgres']);
}

const CREATION =
  /(?:create\s+database\s+(?:if\s+not\s+exists\s+)?|\bcreatedb\s+(?:-\S+\s+\S+\s+)*)(?:"([^"]+)"|([^\s;'"]+))/gi;

/** What the image creates on an empty volume; nothing where another command starts the server. */
function initialDatabase({ at }: PodContainer): readonly string[] | undefined {
  const own = at.at('command').items[0]?.text;
  if (own !== undefined && !/docker-entrypoint\.sh$/.test(own)) return [];
  if (at.at('envFrom').exists) return undefined;
  const entries = rawEnv(at);
  const stated = ['POSTGRES_DB', 'POSTGRES_USER'].map((name) => entries.findLast((entry) => entry.name === name));
  const [first] = stated.filter((entry) => entry !== undefined);
  if (first === undefined) return ['postgres'];
  const value = seenValues(entries)[first.name] ?? '';
  return first.valueFrom !== undefined || value.includes(UNSEEN) ? undefined : [value];
}

/** Whether a folder of scripts is mounted from something that the set does not hold. */
function hasUnseenScripts(set: ManifestSet, { containers, spec, object }: PodTemplate): boolean {
  const folders = containers
    .flatMap(({ at }) => at.at('volumeMounts').items)
    .filter((mount) => /^\/docker-entrypoint-initdb\.d/.test(mount.at('mountPath').text ?? ''));
  return folders.some((mount) => {
    const volume = spec.at('volumes').items.find((it) => it.at('name').text === mount.at('name').text);
    const name = volume?.at('configMap', 'name').text;
    return name === undefined || set.find('ConfigMap', object.namespace, name) === undefined;
  });
}

function commandTexts({ at }: PodContainer): readonly string[] {
  return ['command', 'args'].flatMap((field) => at.at(field).items.flatMap((word: Cursor) => word.text ?? []));
}
