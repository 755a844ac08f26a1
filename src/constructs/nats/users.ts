/** The accounts of a NATS server and their users, one for each service that sends or receives messages. */
import type { Fault } from '#env';
import { natsAccounts, natsServices, topologyFaults } from '#messaging';
import type { NatsAccount, Topology } from '#messaging';
import type { NatsAccountConfig, NatsUser } from './config.ts';
import { serviceLogins, type ServiceLogin } from '../store/service-login.ts';

/** Variables of a declaration that carry its login at NATS. */
export const NATS_LOGIN = { user: 'NATS_USER', password: 'NATS_PASSWORD' } as const;

/** A user, its permissions, and where its password is. */
export interface NatsServiceUser extends NatsUser {
  /** Where its password is. */
  readonly login: ServiceLogin;
}

/** What logs in to a NATS server, and what is wrong with it; without accounts when faults keep them from being derived. */
export interface NatsLogins {
  /** The hub, then an account for each service. */
  readonly accounts: readonly NatsAccountConfig[];
  readonly users: readonly NatsServiceUser[];
  readonly faults: readonly Fault[];
}

/** Accounts and users of a topology. */
export function natsLogins(topology: Topology, place: string): NatsLogins {
  const { logins, faults } = serviceLogins(natsServices(topology), NATS_LOGIN, place);
  const ofTopology = topologyFaults(topology).map((fault) => ({ ...fault, place: `${place} ${fault.place}` }));
  if (ofTopology.length > 0) return { accounts: [], users: [], faults: [...ofTopology, ...faults] };
  const found = natsAccounts(topology).map((account) => ({ account, users: usersOf(account, logins) }));
  return {
    accounts: found.map(({ account: { user: _, ...account }, users }) => ({
      ...account,
      users: users.map(({ name, passwordVariable, permissions }) => ({ name, passwordVariable, permissions })),
    })),
    users: found.flatMap(({ users }) => users),
    faults,
  };
}

function usersOf({ user }: NatsAccount, logins: readonly ServiceLogin[]): NatsServiceUser[] {
  const login = logins.find(({ service }) => service === user?.name);
  return user === undefined || login === undefined ? [] : [{ ...user, passwordVariable: login.variable, login }];
}
