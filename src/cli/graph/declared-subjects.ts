/**
 * The subjects in manifests: the permissions of the users in a nats.conf that a ConfigMap holds. What a user
 * may publish and hear is read as it stands; a durable consumer is known by the API subject that pulls from it, and what
 * it filters by the one that creates it, whoever may do that.
 */
import { expandContainerEnv } from '#env';
import { manifestSet, natsUsers, rawEnv } from '#manifests';
import type { ManifestSet, NatsUser, PlacedManifest } from '#manifests';
import { filterCovers } from '#messaging';
import type { Picture, PictureBand, PictureRow, Role } from '#picture';

/** The API's subjects, as they are or as an account renames them: `$JS.API.…`, `$JS.APP.API.…`. */
const PULL = /^\$JS\.(?:[^.]+\.)?API\.CONSUMER\.MSG\.NEXT\.([^.]+)\.([^.]+)$/;
const CREATE = /^\$JS\.(?:[^.]+\.)?API\.CONSUMER\.CREATE\.([^.]+)\.([^.]+)\.(.+)$/;
/** Subjects of the server's own and of replies, which nobody declares. */
const INTERNAL = /^(?:\$|_INBOX|_R_)/;

/** A subject that somebody has to do with. */
interface Declared {
  readonly subject: string;
  readonly user: string;
  readonly role: Role;
  /** Stream that keeps it; empty when permissions do not tell. */
  readonly stream: string;
}

/** The picture of the subjects; undefined when no nats.conf of the set names any. */
export function subjectPicture(manifests: readonly PlacedManifest[]): Picture | undefined {
  const set = manifestSet(manifests);
  const users = set.ofKind('ConfigMap').flatMap(({ root }) => {
    const files = root.at('data').strings;
    return Object.entries(files).flatMap(([key, text]) => (/\.conf$/.test(key) ? natsUsers(text, files) : []));
  });
  const declared = declaredBy(users);
  if (declared.length === 0) return undefined;
  const names = workloadsOf(set, users);
  const active = users.filter(({ name }) => declared.some(({ user }) => user === name));
  return {
    title: 'Subjects, from the NATS permissions',
    columns: active.map(({ name }) => ({ name: names.get(name) ?? name, route: '' })),
    bands: bandsOf(declared, names),
  };
}

function declaredBy(users: readonly NatsUser[]): readonly Declared[] {
  const filters = new Map(
    users.flatMap(({ publish }) =>
      publish.flatMap((subject) => {
        const [, stream, durable, filter] = CREATE.exec(subject) ?? [];
        return filter === undefined ? [] : [[`${stream} ${durable}`, filter] as const];
      }),
    ),
  );
  const found = users.flatMap(({ name: user, publish, subscribe }): readonly Declared[] => [
    ...publish.flatMap((subject): readonly Declared[] => {
      const [, stream = '', durable = ''] = PULL.exec(subject) ?? [];
      const pulled = filters.get(`${stream} ${durable}`) ?? `consumer ${durable}`;
      if (stream !== '') return [{ subject: pulled, user, role: 'consumes', stream }];
      return INTERNAL.test(subject) ? [] : [{ subject, user, role: 'publishes', stream: '' }];
    }),
    ...subscribe.flatMap((subject): readonly Declared[] =>
      INTERNAL.test(subject) ? [] : [{ subject, user, role: 'consumes', stream: '' }],
    ),
  ]);
  return found.map((one) => (one.role === 'publishes' ? { ...one, stream: streamOf(one.subject, found) } : one));
}

/** The stream of which a consumer filters a subject. */
function streamOf(subject: string, declared: readonly Declared[]): string {
  return declared.find((other) => other.stream !== '' && filterCovers(other.subject, subject))?.stream ?? '';
}

function bandsOf(declared: readonly Declared[], names: ReadonlyMap<string, string>): readonly PictureBand[] {
  const streams = [...new Set(declared.map(({ stream }) => stream))].sort(
    (a, b) => Number(a === '') - Number(b === ''),
  );
  return streams.map((stream) => ({
    title: stream === '' ? 'other subjects' : `stream ${stream}`,
    note: stream === '' ? 'no stream consumer with a filter for them is visible' : '',
    rows: rowsOf(
      declared.filter((one) => one.stream === stream),
      names,
    ),
  }));
}

function rowsOf(declared: readonly Declared[], names: ReadonlyMap<string, string>): readonly PictureRow[] {
  return [...new Set(declared.map(({ subject }) => subject))].map((label) => {
    const roles: Record<string, Role[]> = {};
    for (const { user, role } of declared.filter(({ subject }) => subject === label)) {
      const list = (roles[names.get(user) ?? user] ??= []);
      if (!list.includes(role)) list.push(role);
    }
    return { label, roles };
  });
}

/** Workload of each user: the one whose environment names the user for NATS, else the one of the user's name. */
function workloadsOf(set: ManifestSet, users: readonly NatsUser[]): ReadonlyMap<string, string> {
  const byUser = new Map<string, Set<string>>();
  for (const { object, containers } of set.pods) {
    for (const { at } of containers) {
      const { values } = expandContainerEnv({ env: rawEnv(at), resolve: () => '' });
      const user = values['NATS_USER'] ?? /^nats:\/\/([^:@/]+)[:@]/.exec(values['NATS_URL'] ?? '')?.[1];
      if (user !== undefined && user !== '') byUser.set(user, (byUser.get(user) ?? new Set()).add(object.name));
    }
  }
  return new Map(
    users.map(({ name }) => {
      const [workload, ...others] = byUser.get(name) ?? [];
      return [name, workload !== undefined && others.length === 0 ? workload : name];
    }),
  );
}
