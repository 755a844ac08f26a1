import { natsAccounts, type NatsPermissions, type ServiceDeclaration, type Topology } from '#messaging';

/** A user of a service that lacks one entry of its lists. */
export interface LackingUser {
  readonly service: ServiceDeclaration;
  readonly user: string;
  readonly verb: 'allow' | 'deny';
  readonly entry: string;
  readonly permissions: NatsPermissions;
}

/** For each entry of each service's lists a user that lacks it. */
export function usersLackingOneEntry(topology: Topology): LackingUser[] {
  const accounts = natsAccounts(topology);
  return topology.services.flatMap((service) => {
    const whole = accounts.find(({ user }) => user?.name === service.name)?.user?.permissions;
    if (whole === undefined) return [];
    return (['publish', 'subscribe'] as const).flatMap((side) =>
      rulesLackingOneEntry(whole[side]).map(({ verb, entry, rules }, i) => ({
        ...{ service, verb, entry },
        user: `${service.name}-${side}-${String(i)}`,
        permissions: { ...whole, [side]: rules },
      })),
    );
  });
}

function rulesLackingOneEntry({ allow, deny }: NatsPermissions['publish']) {
  if (allow.length === 0) return [];
  const rest = (list: readonly string[], entry: string) => list.filter((other) => other !== entry);
  return [
    ...allow.map((entry) => ({ verb: 'allow' as const, entry, rules: closed(rest(allow, entry), deny) })),
    ...deny.map((entry) => ({ verb: 'deny' as const, entry, rules: { allow, deny: rest(deny, entry) } })),
  ];
}

/** To the server an empty list would be leave for everything. */
function closed(allow: string[], deny: string[]): NatsPermissions['publish'] {
  return { allow, deny: allow.length === 0 ? ['>'] : deny };
}
