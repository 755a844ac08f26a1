import { declarations } from './store/declaration-shapes.ts';
import { assertNoFaults } from '#env';
import { assertProps, group, oneWord, type PropShapes, required, whole } from '#prop-shapes';
import type { ServiceDeclaration } from '#messaging';
import { POSTGRES_PORT } from './postgres/config.ts';
import { postgresRolesOf } from './postgres/services.ts';
import { postgresUrl, postgresVolumes } from './postgres/url.ts';
import type { PostgresTls } from './postgres/url.ts';
import { databaseNameMessage, isDatabaseName } from './postgres/settings.ts';
import type { MicroserviceVolume } from './microservice/volumes.ts';
import { CERTIFICATES } from './store/client-tls.ts';
import type { StoreEndpoint } from './store/endpoint.ts';
import { ENDPOINT, externalEndpoint, externalPlace, type ExternalEndpointProps } from './store/external.ts';

/** Where a PostgreSQL that runs elsewhere is, and who uses it. */
export interface ExternalPostgresProps extends ExternalEndpointProps {
  /** Services; those with a `databaseSchema` need a role and that schema each. */
  readonly services: readonly ServiceDeclaration[];
  /** Name of the database. */
  readonly database: string;
  /** Pods of one service that may run at once. @default 2 */
  readonly instancesPerService?: number;
  /** TLS of the connections. @default - none */
  readonly tls?: PostgresTls;
}

/** A PostgreSQL that runs elsewhere. */
export interface ExternalPostgres extends StoreEndpoint {
  /** Name of the database. */
  readonly database: string;
  /** URL for a service, with its own `$(DB_USER)` and `$(DB_PASS)`: its `databaseUrl`. */
  readonly url: string;
  /** Volumes that the URL needs: add them to `volumes` of the service. */
  readonly volumes: readonly MicroserviceVolume[];
  /** What each role must have, by name. */
  readonly roles: Readonly<Record<string, { readonly schema: string; readonly connectionLimit: number }>>;
}

const USUAL_INSTANCES = 2;
const SHAPES = {
  ...ENDPOINT,
  services: required(declarations()),
  database: 'text!',
  instancesPerService: whole(1),
  tls: group<PostgresTls>({
    mode: oneWord('verify-full', 'verify-ca', 'require'),
    ca: CERTIFICATES,
  }),
} as const satisfies PropShapes<ExternalPostgresProps>;

/** Describes a PostgreSQL that runs elsewhere; throws a `DeclarationError` with every fault of the address and of the services. */
export function externalPostgres(props: ExternalPostgresProps): ExternalPostgres {
  const place = externalPlace('postgres', props);
  assertProps(props, SHAPES, place, 'Postgres.external');
  const { endpoint, faults } = externalEndpoint(props, POSTGRES_PORT, place);
  const instancesPerService = props.instancesPerService ?? USUAL_INSTANCES;
  const { roles, faults: roleFaults } = postgresRolesOf({ ...props, instancesPerService }, place);
  const named = isDatabaseName(props.database)
    ? []
    : [{ rule: 'postgres-database-name', place, message: databaseNameMessage(props.database) }];
  assertNoFaults([...faults, ...named, ...roleFaults]);
  return {
    ...endpoint,
    database: props.database,
    url: postgresUrl({ ...endpoint, database: props.database, tls: props.tls }),
    volumes: postgresVolumes(props.tls),
    roles: Object.fromEntries(roles.map(({ name, schema, connectionLimit }) => [name, { schema, connectionLimit }])),
  };
}
