/**
 * The picture of an application, drawn from its declarations alone: a column a service, a row a subject, grouped in
 * bands by the stream that keeps it; above the routes, below the stores. A matrix, because thirty subjects between seven
 * services as boxes and arrows are a hairball that nobody reads.
 */
import type { Message, ServiceDeclaration, Stream } from '#messaging';
import { filterCovers, filterOf } from '#messaging';

/** What one service has to do with the thing of a row. */
export type Role = 'publishes' | 'consumes' | 'uses' | 'reads';

/** One row: a subject, a route or a store, and who has to do with it. */
export interface PictureRow {
  readonly label: string;
  /** Roles by service name. */
  readonly roles: Readonly<Record<string, readonly Role[]>>;
}

/** A titled group of rows. */
export interface PictureBand {
  readonly title: string;
  /** What there is to know of the whole band, such as `work queue, file`. */
  readonly note: string;
  readonly rows: readonly PictureRow[];
}

/** One column. */
export interface PictureColumn {
  readonly name: string;
  /** Path prefix at the edge; empty when there is none. */
  readonly route: string;
}

/** Everything that is drawn. */
export interface Picture {
  readonly title: string;
  readonly columns: readonly PictureColumn[];
  readonly bands: readonly PictureBand[];
}

/** What a picture is drawn from. */
export interface PictureSource {
  readonly title: string;
  readonly services: readonly ServiceDeclaration[];
  readonly streams: readonly Stream[];
}

/** Derives the picture of an application from its declarations. */
export function pictureOf(source: PictureSource): Picture {
  const subjects = subjectRows(source.services);
  const inStream = (stream: Stream) =>
    subjects.filter(
      (row) => row.delivery === 'stream' && stream.subjects.some((filter) => filterCovers(filter, row.filter)),
    );
  const bands = source.streams.map((stream) => ({
    title: `stream ${stream.name}`,
    note: streamNote(stream),
    rows: inStream(stream),
  }));
  const core = { title: 'core NATS', note: 'not stored', rows: subjects.filter((row) => row.delivery === 'core') };
  const requests = { title: 'requests', note: 'answered by one service', rows: requestRows(source.services) };
  return {
    title: source.title,
    columns: source.services.map(({ name, route }) => ({ name, route: route ?? '' })),
    bands: [...bands, core, requests, stores(source.services)].filter((band) => band.rows.length > 0),
  };
}

interface SubjectRow extends PictureRow {
  readonly filter: string;
  readonly delivery: Message['delivery'];
}

function subjectRows(services: readonly ServiceDeclaration[]): readonly SubjectRow[] {
  const rows = new Map<string, { message: Message; roles: Record<string, Role[]> }>();
  const note = (service: string, message: Message, role: Role) => {
    const row = rows.get(message.subject) ?? { message, roles: {} };
    rows.set(message.subject, row);
    (row.roles[service] ??= []).push(role);
  };
  for (const { name, publishes } of services) for (const message of publishes) note(name, message, 'publishes');
  for (const { name, consumes, subscribes } of services) {
    for (const { message } of consumes) note(name, message, 'consumes');
    for (const message of subscribes) note(name, message, 'consumes');
  }
  return [...rows.values()].map(({ message, roles }) => ({
    label: message.subject,
    roles,
    filter: filterOf(message.subject),
    delivery: message.delivery,
  }));
}

/** A question flows from those who ask to the one who responds. */
function requestRows(services: readonly ServiceDeclaration[]): readonly PictureRow[] {
  const subjects = [
    ...new Set(services.flatMap(({ responds, requests }) => [...responds, ...requests].map((it) => it.subject))),
  ];
  return subjects.map((subject) => ({
    label: subject,
    roles: Object.fromEntries(
      services.flatMap(({ name, responds, requests }): [string, Role[]][] => {
        const asks: Role[] = requests.some((it) => it.subject === subject) ? ['publishes'] : [];
        const answers: Role[] = responds.some((it) => it.subject === subject) ? ['consumes'] : [];
        return asks.length + answers.length === 0 ? [] : [[name, [...asks, ...answers]]];
      }),
    ),
  }));
}

function stores(services: readonly ServiceDeclaration[]): PictureBand {
  const using = (uses: (service: ServiceDeclaration) => boolean) =>
    Object.fromEntries(services.filter(uses).map(({ name }) => [name, ['uses']] as const));
  const rows: readonly PictureRow[] = [
    { label: 'PostgreSQL, a schema each', roles: using((service) => service.databaseSchema !== undefined) },
    { label: 'Redis, keys of its own', roles: using((service) => service.redisKeys !== undefined) },
    ...sharedKeys(services),
  ];
  return { title: 'stores', note: '', rows: rows.filter((row) => Object.keys(row.roles).length > 0) };
}

/** Key patterns that one service writes and others read. */
function sharedKeys(services: readonly ServiceDeclaration[]): readonly PictureRow[] {
  const shared = new Set(services.flatMap((service) => service.redisKeys?.reads ?? []));
  return [...shared].map((pattern) => ({
    label: `Redis ${pattern}`,
    roles: Object.fromEntries(
      services.flatMap(({ name, redisKeys }): [string, Role[]][] => {
        if (redisKeys?.writes.includes(pattern) === true) return [[name, ['uses']]];
        return redisKeys?.reads?.includes(pattern) === true ? [[name, ['reads']]] : [];
      }),
    ),
  }));
}

function streamNote(stream: Stream): string {
  const retention = stream.retention === 'workqueue' ? 'work queue' : stream.retention;
  const days = stream.maxAgeSeconds / 86_400;
  return [retention, stream.storage, ...(days > 0 ? [`${String(days)} d`] : [])].join(', ');
}
