/** The users of a NATS server: one a service that sends or receives messages, with the permissions its declaration gives. */
import type { Fault } from '#env';
import { natsPermissions, topologyFaults } from '#messaging';
import type { ServiceDeclaration, Topology } from '#messaging';
import type { NatsUser } from './config.ts';
import { serviceLogins, type ServiceLogin } from '../store/service-login.ts';

/** Variables of a declaration that carry its login at NATS. */
export const NATS_LOGIN = { user: 'NATS_USER', password: 'NATS_PASSWORD' } as const;

/** A user, its permissions, and where its password is. */
export interface NatsServiceUser extends NatsUser {
  readonly login: ServiceLogin;
}

/** Services that send or receive messages, or ask something of JetStream. */
export function natsServices(topology: Topology): ServiceDeclaration[] {
  return topology.services.filter(
    (service) =>
      service.publishes.length + service.consumes.length + service.subscribes.length > 0 ||
      Object.keys(service.jetstream).length > 0,
  );
}

/** Users of a topology and what is wrong with it; without users when its faults keep permissions from being derived. */
export function natsUsers(
  topology: Topology,
  place: string,
): { readonly users: readonly NatsServiceUser[]; readonly faults: readonly Fault[] } {
  const { logins, faults } = serviceLogins(natsServices(topology), NATS_LOGIN, place);
  const ofTopology = topologyFaults(topology);
  if (ofTopology.length > 0) return { users: [], faults: [...ofTopology, ...faults] };
  const users = logins.flatMap((login) => {
    const service = topology.services.find(({ name }) => name === login.service);
    if (service === undefined) return [];
    const permissions = natsPermissions(service, topology);
    return [{ name: login.service, passwordVariable: login.variable, permissions, login }];
  });
  return { users, faults };
}
