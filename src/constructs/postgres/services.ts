/** The roles of PostgreSQL, one for each service with a schema, and their faults. */
import type { Fault } from '#env';
import type { ServiceDeclaration } from '#messaging';
import { POSTGRES_SUPERUSER } from './config.ts';
import { POSTGRES_BACKUP_ROLE, type PostgresRole } from './roles.ts';
import { literalOf, serviceLogins, type ServiceLogin } from '../store/service-login.ts';

/** Variables of a declaration that carry its login at PostgreSQL. */
export const POSTGRES_LOGIN = { user: 'DB_USER', password: 'DB_PASS' } as const;

/** A role, its schema, and where its password is. */
export interface PostgresServiceRole extends PostgresRole {
  /** Where its password is. */
  readonly login: ServiceLogin;
}

/** What the roles are derived from. */
export interface PostgresRolesOf {
  readonly services: readonly ServiceDeclaration[];
  readonly database: string;
  /** Pods of one service that may run at once: its pools together may not exceed the role's connections. */
  readonly instancesPerService: number;
}

/** Connections of a service's pool where the declaration does not say it by DB_POOL_MAX. */
const USUAL_POOL = 10;
/** Connections of a pod outside its pool: migrations, locks. */
const CONNECTIONS_OUTSIDE_POOL = 2;
const IDENTIFIER = /^[a-z_][a-z0-9_-]{0,62}$/;
const TAKEN_SCHEMAS = ['public', 'information_schema'];

/** Roles of the services that have a schema, with every fault among them. */
export function postgresRolesOf(
  props: PostgresRolesOf,
  place: string,
): { readonly roles: readonly PostgresServiceRole[]; readonly faults: readonly Fault[] } {
  const using = props.services.filter((service) => service.databaseSchema !== undefined);
  const { logins, faults } = serviceLogins(using, POSTGRES_LOGIN, place);
  const roles = logins.flatMap((login): PostgresServiceRole[] => {
    const service = using.find(({ name }) => name === login.service);
    if (service?.databaseSchema === undefined) return [];
    const connectionLimit = props.instancesPerService * (poolOf(service) + CONNECTIONS_OUTSIDE_POOL);
    return [
      { name: login.service, schema: service.databaseSchema, passwordVariable: login.variable, connectionLimit, login },
    ];
  });
  return { roles, faults: [...faults, ...using.flatMap((service) => schemaFaults(service, using, props, place))] };
}

function poolOf(service: ServiceDeclaration): number {
  const size = Number(literalOf(service, 'DB_POOL_MAX') ?? USUAL_POOL);
  return Number.isInteger(size) && size > 0 ? size : USUAL_POOL;
}

function schemaFaults(
  service: ServiceDeclaration,
  all: readonly ServiceDeclaration[],
  props: PostgresRolesOf,
  place: string,
): Fault[] {
  const faults: Fault[] = [];
  const fault = (rule: string, message: string): number =>
    faults.push({ rule, place: `${place} service ${service.name}`, message });
  const schema = service.databaseSchema ?? '';
  if ([POSTGRES_SUPERUSER, POSTGRES_BACKUP_ROLE].includes(service.name) || service.name.startsWith('pg_')) {
    fault(
      'postgres-role-reserved',
      `${service.name} is a built-in role of PostgreSQL, but roles are named after services: rename the service`,
    );
  }
  if (!IDENTIFIER.test(schema) || TAKEN_SCHEMAS.includes(schema) || schema.startsWith('pg_')) {
    fault(
      'postgres-schema-name',
      `databaseSchema is ${JSON.stringify(schema)}, must be at most 63 lower-case letters, digits, _ and -, and not a built-in schema of PostgreSQL: name it after the service`,
    );
  }
  const other = all.slice(all.indexOf(service) + 1).find((candidate) => candidate.databaseSchema === schema);
  if (other !== undefined) {
    fault(
      'postgres-two-owners',
      `${service.name} and ${other.name} both have the schema ${schema}, but a schema has one owner: give each its own`,
    );
  }
  const expected = { DB_SCHEMA: schema, DB_NAME: props.database };
  for (const [variable, value] of Object.entries(expected)) {
    const declared = literalOf(service, variable);
    if (declared === undefined || declared === value) continue;
    fault(
      'postgres-variable-mismatch',
      `${variable} is ${JSON.stringify(declared)}, but the store has ${value}: make them equal`,
    );
  }
  return faults;
}
