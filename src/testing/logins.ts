/** Who logs in to the servers of a test: each service with the rights of its declaration, and one who may do everything. */
import {
  accountName,
  HUB_ACCOUNT,
  natsAccounts,
  type NatsAccount,
  type ServiceDeclaration,
  type Topology,
} from '#declare';
import { strongSecret, ThrowAwaySecrets } from '#throw-away-secrets';
import { natsConfig } from '#nats-config';
import { redisAclScript } from '#redis-acl';
import { temporaryFolder } from '#local-servers';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ADMIN_VARIABLE = 'ADMIN_PASSWORD';
const FILE_STORE_BYTES = 2 * 1024 ** 3;
const MEMORY_STORE_BYTES = 64 * 1024 * 1024;

/** Variables of a declaration that hold its passwords. */
type PasswordVariable = 'DB_PASS' | 'NATS_PASSWORD' | 'REDIS_PASSWORD';

/** The logins of a topology. */
export class Logins {
  readonly secrets = new ThrowAwaySecrets();
  readonly adminPassword = strongSecret();
  private readonly unnamed = new Map<string, string>();

  /** Password of a service; that of its Secret where its declaration names one. */
  passwordOf(service: ServiceDeclaration, variable: PasswordVariable): string {
    const source = service.env.find(({ name }) => name === variable)?.source;
    if (source?.kind === 'secret') return this.secrets.get(source.ref.name, source.ref.key);
    const known = this.unnamed.get(`${service.name} ${variable}`) ?? strongSecret();
    this.unnamed.set(`${service.name} ${variable}`, known);
    return known;
  }

  /** SQL that makes the role and schema of a service in a database. */
  roleSql(service: ServiceDeclaration, database: string): string {
    const { name, databaseSchema: schema = name } = service;
    return [
      'revoke all on schema public from public;',
      `create role "${name}" login password '${this.passwordOf(service, 'DB_PASS')}';`,
      `create schema "${schema}" authorization "${name}";`,
      `alter role "${name}" in database "${database}" set search_path = "${schema}";`,
    ].join('\n');
  }

  /** Lines of Redis's file of users. */
  async redisAcl({ services }: Topology): Promise<string> {
    const users = services.flatMap((service) =>
      service.redisKeys === undefined
        ? []
        : [{ name: service.name, passwordVariable: variableOf(service), keys: service.redisKeys, service }],
    );
    const script = redisAclScript(users, { adminPasswordVariable: ADMIN_VARIABLE });
    const file = join(temporaryFolder('redis-acl'), 'users.acl');
    const passwords = users.map(({ service, passwordVariable }) => [
      passwordVariable,
      this.passwordOf(service, 'REDIS_PASSWORD'),
    ]);
    const env = { PATH: process.env.PATH, [ADMIN_VARIABLE]: this.adminPassword, ...Object.fromEntries(passwords) };
    await run('sh', ['-c', script, 'users.sh', file], { env });
    return readFileSync(file, 'utf8');
  }

  /** Text of nats.conf and the variables that it names; `adapt` changes the accounts before. */
  natsServer(
    topology: Topology,
    adapt: (accounts: readonly NatsAccount[]) => readonly NatsAccount[] = (accounts) => accounts,
  ): { readonly config: string; readonly env: Readonly<Record<string, string>> } {
    const everything = { publish: { allow: ['>'], deny: [] }, subscribe: { allow: ['>'], deny: [] } };
    const accounts = adapt(natsAccounts(topology)).map(({ user, ...account }) => ({
      ...account,
      users: [
        ...(user === undefined ? [] : [{ ...user, passwordVariable: variableOf(user) }]),
        { name: adminOf(account.name), passwordVariable: ADMIN_VARIABLE, permissions: everything },
      ],
    }));
    const limits = { maxFileStoreBytes: FILE_STORE_BYTES, maxMemoryStoreBytes: MEMORY_STORE_BYTES };
    const passwords = topology.services.map((one) => [variableOf(one), this.passwordOf(one, 'NATS_PASSWORD')]);
    const env = { SERVER_NAME: 'nats-0', [ADMIN_VARIABLE]: this.adminPassword, ...Object.fromEntries(passwords) };
    return { config: natsConfig({ accounts, ...limits }), env };
  }
}

/** User of NATS who may do everything in the account of a service, or in the one that owns the streams. */
export function natsAdmin(service?: string): string {
  return adminOf(service === undefined ? HUB_ACCOUNT : accountName(service));
}

function adminOf(account: string): string {
  return `admin-of-${account}`;
}

function variableOf({ name }: { readonly name: string }): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_PASSWORD`;
}
