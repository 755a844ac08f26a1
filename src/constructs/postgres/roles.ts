/**
 * The SQL that makes each role, its schema and its rights what the declarations say, however they were before. psql runs it
 * as the superuser with the passwords in its environment; they are read by `\getenv`, so none stands in a file or an argument.
 */

/** A role that a service logs in as, and the schema that is its own. */
export interface PostgresRole {
  readonly name: string;
  readonly schema: string;
  /** Variable of psql's environment that holds the password. */
  readonly passwordVariable: string;
  /** Connections that it may have at once. */
  readonly connectionLimit: number;
}

/** What roles.sql is made from. */
export interface PostgresRolesProps {
  /** The one database of all services. */
  readonly database: string;
  readonly roles: readonly PostgresRole[];
  /** Variable with the password of the role `backup`, which reads everything. @default - no such role */
  readonly backupPasswordVariable?: string;
  /** Variable with a password for the superuser. @default - it has none and logs in over the socket alone */
  readonly adminPasswordVariable?: string;
}

/** Role that may read every schema. */
export const POSTGRES_BACKUP_ROLE = 'backup';
const BACKUP_CONNECTIONS = 3;
/** Comment by which a role is known as made here; one that is no longer declared may not log in any more. */
const MADE_HERE = 'made by cdk8s-nats';

/** Renders roles.sql. */
export function postgresRolesSql(props: PostgresRolesProps): string {
  const { database, roles } = props;
  const backup = props.backupPasswordVariable;
  const declared = [...roles.map((role) => role.name), ...(backup === undefined ? [] : [POSTGRES_BACKUP_ROLE])];
  return [
    '-- made by cdk8s-nats from the declarations of the services; edit those',
    '\\set ON_ERROR_STOP on',
    unless(
      `SELECT FROM pg_database WHERE datname = ${text(database)}`,
      `CREATE DATABASE ${name(database)} TEMPLATE template0`,
    ),
    `\\connect ${name(database)}`,
    'SET client_min_messages = warning;',
    'BEGIN;',
    `REVOKE ALL ON DATABASE ${name(database)}, postgres, template1 FROM PUBLIC;`,
    'REVOKE ALL ON SCHEMA public FROM PUBLIC;',
    ...undeclared(declared),
    ...roles.flatMap((role) => roleSql(role, database)),
    ...(backup === undefined ? [] : backupSql(backup, database)),
    ...(props.adminPasswordVariable === undefined
      ? ['ALTER ROLE postgres PASSWORD NULL;']
      : adminSql(props.adminPasswordVariable)),
    'COMMIT;',
    '',
  ].join('\n');
}

function roleSql(role: PostgresRole, database: string): string[] {
  const user = name(role.name);
  const schema = name(role.schema);
  return [
    ...loginSql(role.name, role.passwordVariable, role.connectionLimit, database),
    `CREATE SCHEMA IF NOT EXISTS ${schema};`,
    `ALTER SCHEMA ${schema} OWNER TO ${user};`,
    `REVOKE ALL ON SCHEMA ${schema} FROM PUBLIC;`,
    `ALTER ROLE ${user} IN DATABASE ${name(database)} SET search_path = ${schema};`,
  ];
}

function backupSql(passwordVariable: string, database: string): string[] {
  return [
    ...loginSql(POSTGRES_BACKUP_ROLE, passwordVariable, BACKUP_CONNECTIONS, database),
    `GRANT pg_read_all_data TO ${name(POSTGRES_BACKUP_ROLE)};`,
  ];
}

function loginSql(role: string, passwordVariable: string, connections: number, database: string): string[] {
  return [
    '',
    unless(`SELECT FROM pg_roles WHERE rolname = ${text(role)}`, `CREATE ROLE ${name(role)}`),
    `\\getenv password ${passwordVariable}`,
    `ALTER ROLE ${name(role)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT ${connections} PASSWORD :'password';`,
    '\\unset password',
    `COMMENT ON ROLE ${name(role)} IS ${text(MADE_HERE)};`,
    `GRANT CONNECT ON DATABASE ${name(database)} TO ${name(role)};`,
  ];
}

function adminSql(passwordVariable: string): string[] {
  return ['', `\\getenv password ${passwordVariable}`, "ALTER ROLE postgres PASSWORD :'password';", '\\unset password'];
}

function undeclared(declared: readonly string[]): string[] {
  return [
    "SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM pg_roles",
    `WHERE rolcanlogin AND shobj_description(oid, 'pg_authid') = ${text(MADE_HERE)}`,
    `AND rolname <> ALL (ARRAY[${declared.map(text).join(', ')}]::text[]) \\gexec`,
  ];
}

function unless(query: string, statement: string): string {
  return `SELECT ${text(statement)} WHERE NOT EXISTS (${query}) \\gexec`;
}

function name(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function text(literal: string): string {
  return `'${literal.replaceAll("'", "''")}'`;
}
