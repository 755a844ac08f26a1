/**
 * One NATS account for each service, derived from the declarations.
 *
 * Permissions alone cannot hold a thief: no server checks the reply subject of a message, so within one account the
 * server's own answer to a service can be made to run as a request or to reach another service. Streams therefore belong
 * to the *hub*, an account without users. What a service asks of JetStream is an *export* of the hub and an *import* of the
 * service's account; at this border the server replaces the reply subject, so answers come back into the asking account
 * alone. Core messages go from the publisher's account to those of the listeners, requests from the account that asks to
 * that of the responder. The users' permissions stay as a second
 * wall, and tell a developer of what was not declared.
 */
import { natsPermissions, requestSubjects } from './permissions.ts';
import type { NatsPermissions } from './permissions.ts';
import type { ServiceDeclaration } from './service.ts';
import { filterIntersection, filterOf, filtersOverlap } from './subject.ts';
import type { Topology } from './topology.ts';

/** Something that an account exports. */
export interface AccountExport {
  /** Requests that others may send to it, or messages that they may receive. */
  readonly kind: 'service' | 'stream';
  /** Subject that is exported; wildcards as NATS has them. */
  readonly subject: string;
  /** Names of the accounts that may import it. */
  readonly accounts: readonly string[];
  /** Whether one request is answered by many messages, as a pull is. */
  readonly manyAnswers: boolean;
}

/** Something that an account imports from another. */
export interface AccountImport {
  /** Requests that it sends there, or messages that it receives from there. */
  readonly kind: 'service' | 'stream';
  /** Account that exports it. */
  readonly account: string;
  /** Subject there. */
  readonly subject: string;
  /** Subject here; undefined when it is the same. */
  readonly to: string | undefined;
}

/** An account of the NATS server, derived from the declarations. */
export interface NatsAccount {
  /** Name of the account. */
  readonly name: string;
  /** Whether JetStream is enabled in it: the hub's alone. */
  readonly jetstream: boolean;
  /** Its one user, named after the service; undefined in the hub, which has no users. */
  readonly user: { readonly name: string; readonly permissions: NatsPermissions } | undefined;
  /** What other accounts may import. */
  readonly exports: readonly AccountExport[];
  /** What it imports. */
  readonly imports: readonly AccountImport[];
  /** Subjects that the server renames when a client of the account publishes on them. */
  readonly mappings: Readonly<Record<string, string>>;
}

/** Name of the hub, the account that owns all streams. */
export const HUB_ACCOUNT = 'APP';

const API = '$JS.API.';
/**
 * Each account imports `$JS.API.>` of the system by itself, which would answer "JetStream not enabled" beside the hub. So
 * the accounts of services rename what they ask, and import the hub's API under that name.
 */
const MAPPED_API = `$JS.${HUB_ACCOUNT}.API.`;

/** Name of a service's account. */
export function accountName(service: string): string {
  return `${HUB_ACCOUNT}-${service}`;
}

/** Services that send or receive messages or requests, or use JetStream: each has a user and an account. */
export function natsServices({ services }: Pick<Topology, 'services'>): ServiceDeclaration[] {
  return services.filter(
    (service) =>
      service.publishes.length + service.consumes.length + service.subscribes.length > 0 ||
      service.responds.length + service.requests.length > 0 ||
      Object.keys(service.jetstream).length > 0,
  );
}

/**
 * The hub, then the account of each service that uses NATS. Throws if no stream stores a consumed message; call {@link
 * topologyFaults} first to get all faults at once.
 */
export function natsAccounts(topology: Topology): readonly NatsAccount[] {
  const services = natsServices(topology);
  const uses = services.flatMap((service) => [
    ...requestsOf(service, topology),
    ...askingsOf(service, services),
    ...hearingsOf(service, services),
  ]);
  const exportsOf = (account: string): AccountExport[] => exported(uses.filter((use) => use.from === account));
  const hub: NatsAccount = {
    ...{ name: HUB_ACCOUNT, jetstream: true, user: undefined },
    ...{ exports: exportsOf(HUB_ACCOUNT), imports: [], mappings: {} },
  };
  const own = services.map((service): NatsAccount => {
    const name = accountName(service.name);
    return {
      ...{ name, jetstream: false },
      user: { name: service.name, permissions: mappedPermissions(natsPermissions(service, topology)) },
      exports: exportsOf(name),
      imports: uses.filter((use) => use.by === name).map(imported),
      mappings: { [`${API}>`]: `${MAPPED_API}>` },
    };
  });
  return [hub, ...own];
}

/** One account's use of another. */
interface Use {
  readonly kind: 'service' | 'stream';
  readonly by: string;
  readonly from: string;
  /** Subject that is imported. */
  readonly subject: string;
  /** Subject that is exported, which covers it. */
  readonly offered: string;
}

function requestsOf(service: ServiceDeclaration, topology: Topology): Use[] {
  const by = accountName(service.name);
  const subjects = [...new Set(requestSubjects(service, topology))];
  return subjects.map((subject) => ({ kind: 'service', by, from: HUB_ACCOUNT, subject, offered: subject }));
}

/** A request goes from the account of who asks to that of who responds; to itself a service needs no border. */
function askingsOf(service: ServiceDeclaration, services: readonly ServiceDeclaration[]): Use[] {
  const by = accountName(service.name);
  const subjects = [...new Set(service.requests.map(({ subject }) => subject))];
  return subjects.flatMap((pattern) =>
    services
      .filter((other) => other.name !== service.name && other.responds.some(({ subject }) => subject === pattern))
      .map((responder): Use => {
        const subject = filterOf(pattern);
        return { kind: 'service', by, from: accountName(responder.name), subject, offered: subject };
      }),
  );
}

/** What a service hears without a stream comes from its publishers' accounts; what the server itself says, from the hub. */
function hearingsOf(service: ServiceDeclaration, services: readonly ServiceDeclaration[]): Use[] {
  const by = accountName(service.name);
  const uses = service.subscribes.flatMap(({ subject, external }): Use[] => {
    const heard = filterOf(subject);
    if (external) return [{ kind: 'stream', by, from: HUB_ACCOUNT, subject: heard, offered: heard }];
    return services
      .filter((other) => other.name !== service.name)
      .flatMap(({ name, publishes }) =>
        publishes
          .filter(({ delivery }) => delivery === 'core')
          .map((message) => filterOf(message.subject))
          .filter((offered) => filtersOverlap(offered, heard))
          .map((offered): Use => {
            const shared = filterIntersection(offered, heard);
            return { kind: 'stream', by, from: accountName(name), subject: shared, offered };
          }),
      );
  });
  return uses.filter(
    (use, i) => uses.findIndex(({ from, subject }) => from === use.from && subject === use.subject) === i,
  );
}

function exported(uses: readonly Use[]): AccountExport[] {
  const offers = new Map<string, Use[]>();
  for (const use of uses) offers.set(use.offered, [...(offers.get(use.offered) ?? []), use]);
  return [...offers].map(([subject, users]) => ({
    kind: users[0]?.kind ?? 'service',
    subject,
    accounts: [...new Set(users.map(({ by }) => by))],
    manyAnswers: subject.startsWith(`${API}CONSUMER.MSG.NEXT.`),
  }));
}

function imported({ kind, from, subject }: Use): AccountImport {
  return { kind, account: from, subject, to: subject.startsWith(API) ? mapped(subject) : undefined };
}

/** The server holds permissions against the renamed subject. */
function mappedPermissions({ publish, ...others }: NatsPermissions): NatsPermissions {
  return { publish: { ...publish, allow: publish.allow.map(mapped) }, ...others };
}

function mapped(subject: string): string {
  return subject.startsWith(API) ? MAPPED_API + subject.slice(API.length) : subject;
}
