import { assertNoFaults } from '#env';
import type { ServiceDeclaration } from '#messaging';
import { POSTGRES_PORT } from './postgres/config.ts';
import { postgresRolesOf } from './postgres/services.ts';
import { databaseNameMessage, isDatabaseName } from './postgres/settings.ts';
import type { StoreEndpoint } from './store/endpoint.ts';
import { externalEndpoint, type ExternalEndpointProps } from './store/external.ts';

/** Where a PostgreSQL that runs elsewhere is, and who uses it. */
export interface ExternalPostgresProps extends ExternalEndpointProps {
  /** Services; those with a `databaseSchema` need a role and that schema each. */
  readonly services: readonly ServiceDeclaration[];
  /** Name of the database. */
  readonly database: string;
  /** Pods of one service that may run at once. @default 2 */
  readonly instancesPerService?: number;
}

/** A PostgreSQL that runs elsewhere. */
export interface ExternalPostgres extends StoreEndpoint {
  readonly database: string;
  /** What each role must have, by name. */
  readonly roles: Readonly<Record<string, { readonly schema: string; readonly connectionLimit: number }>>;
}

const USUAL_INSTANCES = 2;

/** Describes a PostgreSQL that runs elsewhere; throws a `DeclarationError` with every fault of the address and of the services. */
export function externalPostgres(props: ExternalPostgresProps): ExternalPostgres {
  const place = `external postgres ${props.host}`;
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
    roles: Object.fromEntries(roles.map(({ name, schema, connectionLimit }) => [name, { schema, connectionLimit }])),
  };
}
