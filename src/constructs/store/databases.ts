/** Which database of the app a service has: noted by a Postgres, read by the services that are created after it. */
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';

/** A database and the services that have a role in it. */
export interface AppDatabase {
  /** Host for pods of its own namespace. */
  readonly app: string;
  /** Host for pods of any namespace. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly services: readonly string[];
}

const DATABASE = 'cdk8s-nats.dev/database';

/** Notes at a construct which database it makes. */
export function noteDatabase(construct: Construct, database: AppDatabase): void {
  construct.node.addMetadata(DATABASE, database);
}

/** The database of a service, as `host:port/database`; undefined if no Postgres that was created before has it. */
export function databaseOf(scope: Construct, service: string): string | undefined {
  const home = Chart.of(scope).namespace;
  const found = scope.node.root.node
    .findAll()
    .flatMap((construct) =>
      construct.node.metadata
        .filter(({ type }) => type === DATABASE)
        .map(({ data }) => ({ ...(data as AppDatabase), isHome: Chart.of(construct).namespace === home })),
    );
  const own = found.find(({ services }) => services.includes(service));
  return own === undefined ? undefined : `${own.isHome ? own.app : own.host}:${own.port}/${own.database}`;
}
