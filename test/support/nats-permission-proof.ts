/**
 * Proves the permissions of a topology on a real server, from both sides: each declared operation works, all else is
 * refused, and no entry of the lists could be left out.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NatsConnection } from 'nats';
import type { RunningNats } from '#local';
import {
  filterCovers,
  HUB_ACCOUNT,
  inboxPrefix,
  natsAccounts,
  type NatsPermissions,
  type ServiceDeclaration,
  type Topology,
} from '#messaging';
import { login, loginAsAdmins, startAccounts, type Admins, type Login } from './nats-account.ts';
import { foreignAcknowledgements, publishCandidates, subscribeCandidates } from './nats-candidates.ts';
import { usersLackingOneEntry, type LackingUser } from './nats-lacking-user.ts';
import { exampleOf, operationsOf, provisioning, type Operation } from './nats-operation.ts';

const LEAST_REFUSALS = 150;
const NEVER = new Promise<never>(() => undefined);

/** Registers the tests of a topology. */
export function provePermissions(topology: Topology): void {
  const accounts = natsAccounts(topology);
  const services = topology.services.flatMap((service) => {
    const user = accounts.find((account) => account.user?.name === service.name)?.user;
    return user === undefined ? [] : [{ name: service.name, service, permissions: user.permissions }];
  });
  const all = services.map(({ permissions }) => permissions);
  const lacking = usersLackingOneEntry(topology);
  let server: RunningNats;
  let admins: Admins;

  beforeAll(async () => {
    const extra = lacking.map(({ user, service, permissions }) => ({ user, service: service.name, permissions }));
    server = await startAccounts(topology, { extra });
    admins = await loginAsAdmins(server, topology);
    for (const step of provisioning(topology)) await step.run({ service: admins.hub, admins, refused: NEVER });
  });

  afterAll(async () => {
    await admins.close();
    await server.stop();
  });

  describe.each(services)('user $name', ({ name, service, permissions }) => {
    test('does everything that it declares, and is refused nothing of it', async () => {
      const session = await login(server, name, name);
      for (const operation of operationsOf(service, topology)) {
        expect(await outcome(operation, session, admins), operation.name).toBe('works');
      }
      expect(await session.allRefusals()).toEqual([]);
      await session.connection.close();
    });

    test('publishes nothing else', async () => {
      const undeclared = publishCandidates(topology, all).filter(
        (subject) => !covered(renamed(subject), permissions.publish),
      );
      const session = await login(server, name, name);
      for (const subject of undeclared) session.connection.publish(subject, '{}');
      const refusals = await session.allRefusals();
      await session.connection.close();
      expect(undeclared.length).toBeGreaterThan(LEAST_REFUSALS);
      expect(refusals.sort()).toEqual(undeclared.map((subject) => `publish ${renamed(subject)}`).sort());
    });

    test.runIf(service.consumes.length > 0)(
      "takes no other's messages under the name of an acknowledgement of its own",
      async () => {
        const attacks = foreignAcknowledgements(service, topology);
        for (const { message } of topology.services.flatMap(({ consumes }) => consumes)) {
          await admins.hub.jetstream().publish(exampleOf(message.subject), '{}');
        }
        const session = await login(server, name, name);
        const taken: string[] = [];
        const reply = `${inboxPrefix(name)}.taken`;
        session.connection.subscribe(reply, { callback: (_, { subject }) => taken.push(subject) });
        for (const subject of attacks) session.connection.publish(subject, '+NXT', { reply });
        const refusals = await session.allRefusals();
        await session.connection.close();
        expect(taken).toEqual([]);
        expect(refusals.filter((refusal) => refusal.startsWith('publish $JS.ACK.')).sort()).toEqual(
          attacks.map((subject) => `publish ${subject}`).sort(),
        );
      },
    );

    test('subscribes to nothing else', async () => {
      const candidates = subscribeCandidates(topology, all);
      const undeclared = candidates.filter((filter) => !tolerated(filter, permissions.subscribe));
      const session = await login(server, name, name);
      for (const filter of undeclared) session.connection.subscribe(filter, { callback: () => undefined });
      const refusals = await session.allRefusals();
      await session.connection.close();
      expect(undeclared.length).toBeGreaterThan(LEAST_REFUSALS);
      expect(refusals.sort()).toEqual(undeclared.map((filter) => `subscription ${filter}`).sort());
    });

    test('hears nothing else through a filter that has > in the place of *', async () => {
      expect(await heardBeneath(await login(server, name, name), permissions, admins.of(name))).toEqual([]);
    });
  });

  describe('without one entry of its lists', () => {
    const needed = lacking.filter(({ verb, entry }) => verb === 'allow' && !entry.startsWith('$JS.ACK.'));
    const denied = lacking.filter(({ verb }) => verb === 'deny');
    const acknowledging = lacking.filter(({ entry }) => entry.startsWith('$JS.ACK.'));
    const durables = [...new Set(acknowledging.map(durableOf))];
    const refusalsOf = (one: LackingUser) => refusalsWithout(one, operationsOf(one.service, topology), server, admins);

    test.each(needed)('$user is refused what $entry allows', async (one) => {
      const refusals = await refusalsOf(one);
      expect(refusals).not.toEqual([]);
      expect(refusals.filter((refusal) => !filterCovers(one.entry, refusal.split(' ')[1] ?? ''))).toEqual([]);
    });

    test.each(durables)('one of the two forms of acknowledging %s is missed', async (durable) => {
      const forms = acknowledging.filter((one) => durableOf(one) === durable);
      const refusals = await Promise.all(forms.map(refusalsOf));
      expect(refusals.map((list) => list.length > 0).sort()).toEqual([false, true]);
    });

    test.runIf(denied.length > 0).each(denied)('$user hears what $entry keeps away', async (one) => {
      const session = await login(server, one.user, one.service.name);
      expect(await heardBeneath(session, one.permissions, admins.of(one.service.name))).not.toEqual([]);
    });
  });
}

/** `<stream>.<durable>` of either form of a subject for acknowledging. */
function durableOf({ entry }: LackingUser): string {
  return entry.split('.').slice(-3, -1).join('.');
}

/** What a user is refused while it does what its service declares, up to the first that fails. */
async function refusalsWithout(
  { user, service }: { readonly user: string; readonly service: ServiceDeclaration },
  operations: readonly Operation[],
  server: RunningNats,
  admins: Admins,
): Promise<string[]> {
  const session = await login(server, user, service.name);
  for (const operation of operations) {
    if ((await outcome(operation, session, admins)) !== 'works') break;
  }
  const refusals = await session.allRefusals();
  await session.connection.close();
  return refusals;
}

async function outcome(operation: Operation, session: Login, admins: Admins): Promise<string> {
  try {
    const done = operation.run({ service: session.connection, admins, refused: session.refused });
    done.catch(() => undefined);
    await Promise.race([done, session.refused]);
    return 'works';
  } catch (error) {
    return String(error);
  }
}

/** The name that the server gives a request to the API in the account of a service, before it looks at permissions. */
function renamed(subject: string): string {
  return subject.replace(/^\$JS\.API\./, `$JS.${HUB_ACCOUNT}.API.`);
}

/** Whether lists let a concrete subject through. */
function covered(subject: string, { allow, deny }: NatsPermissions['publish']): boolean {
  return allow.some((one) => filterCovers(one, subject)) && !deny.some((one) => filterCovers(one, subject));
}

/** Whether the server accepts a subscription, which to it may hold `>` in the place of a `*`; it then drops what is denied. */
function tolerated(filter: string, rules: NatsPermissions['publish']): boolean {
  return covered(filter.replace(/>$/, 'any'), rules) || covered(filter, rules);
}

/** Subjects beneath those that a service may hear which reach it all the same. */
async function heardBeneath(
  { connection }: Login,
  { subscribe }: NatsPermissions,
  admin: NatsConnection,
): Promise<string[]> {
  const starred = subscribe.allow.filter((filter) => filter.endsWith('*'));
  const heard: string[] = [];
  for (const filter of starred) {
    const callback = (_: unknown, message: { readonly subject: string }) => heard.push(message.subject);
    connection.subscribe(filter.replace(/\*$/, '>'), { callback });
    connection.subscribe(filter.replaceAll('*', 'x').replace(/x$/, '>'), { callback });
  }
  await connection.flush();
  for (const filter of starred) {
    const subject = filter.replaceAll('*', 'x');
    for (const deeper of [`${subject}.y`, `${subject}.y.z`]) admin.publish(deeper, '{}');
  }
  await admin.flush();
  await connection.flush();
  await connection.close();
  return heard;
}
