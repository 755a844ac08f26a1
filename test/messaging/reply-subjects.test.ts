/**
 * Attacks by the reply subject: a service has the server answer to a subject that is not its own. In one account such an
 * answer runs as a request, is stored as another's message, or is heard by others. Between accounts it must do nothing.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunningNats } from '#local';
import {
  accountName,
  durableName,
  filterCovers,
  filterOf,
  HUB_ACCOUNT,
  inboxPrefix,
  natsAccounts,
  requireStreamOf,
  type ServiceDeclaration,
} from '#messaging';
import { login, loginAsAdmins, startAccounts, type Admins } from '#test-support/nats-account';
import { exampleOf, provisioning } from '#test-support/nats-operation';
import { printShop } from './print-shop.ts';

const NEVER = new Promise<never>(() => undefined);
const BODIES = ['', '{"no_wait":true}', '{"batch":0}', '+ACK', '+NXT', '+TERM', '{"id":"1"}'];

describe.each([
  ['with the permissions of users', false],
  ['without them, by the accounts alone', true],
])('%s', (_, withoutPermissions) => {
  let server: RunningNats;
  let admins: Admins;

  // a server for each attack: a pull that an earlier attacker left open is answered in that attacker's account later
  beforeEach(async () => {
    server = await startAccounts(printShop, { withoutPermissions });
    admins = await loginAsAdmins(server, printShop);
    for (const step of provisioning(printShop)) await step.run({ service: admins.hub, admins, refused: NEVER });
    for (const { message } of printShop.services.flatMap(({ consumes }) => consumes)) {
      await admins.hub.jetstream().publish(exampleOf(message.subject), '{}');
    }
  });

  afterEach(async () => {
    await admins.close();
    await server.stop();
  });

  test.each(printShop.services.filter(({ publishes }) => publishes.length > 0))(
    '$name reaches nothing of another by a reply subject',
    async (service) => {
      const before = await standing(service, admins);
      const overheard: string[] = [];
      const others = printShop.services.filter(({ name }) => name !== service.name);
      for (const { name } of others) {
        admins.of(name).subscribe('>', { callback: (_error, { subject }) => overheard.push(`${name}: ${subject}`) });
        await admins.of(name).flush();
      }
      const { connection } = await login(server, service.name, service.name);
      const attacks = waysOf(service).flatMap((subject) => targetsOf(service).map((reply) => ({ subject, reply })));
      for (const { subject, reply } of attacks) {
        for (const body of BODIES) connection.publish(subject, body, { reply });
      }
      await connection.flush();
      // what the server still has to answer is behind it when it has answered these
      for (const { name } of printShop.streams) await (await admins.hub.jetstreamManager()).streams.info(name);
      for (const { name } of others) await admins.of(name).flush();
      await connection.close();
      expect(attacks.length).toBeGreaterThan(20);
      const declared = service.publishes.map(({ subject }) => exampleOf(subject));
      const stolen = overheard.filter((one) => !/ _INBOX_admin\./.test(one));
      expect(stolen.filter((one) => !declared.includes(one.split(': ')[1] ?? ''))).toEqual([]);
      expect(await standing(service, admins)).toEqual(before);
    },
  );

  test('the attacks would show: the same reply in the hub deletes a stream', async () => {
    const manager = await admins.hub.jetstreamManager();
    await manager.streams.add({ name: 'DECOY', subjects: ['decoy'] });
    await manager.consumers.add('DECOY', { durable_name: 'pull', ack_policy: 'explicit' as never });
    const reply = '$JS.API.STREAM.DELETE.DECOY';
    admins.hub.publish('$JS.API.CONSUMER.MSG.NEXT.DECOY.pull', '{"no_wait":true}', { reply });
    await expect
      .poll(async () => (await manager.streams.names().next()).includes('DECOY'), {
        timeout: 10_000,
      })
      .toBe(false);
  });
});

/** Every subject that a service may publish to, under the name that its client knows. */
function waysOf(service: ServiceDeclaration): string[] {
  const { user } = natsAccounts(printShop).find((account) => account.user?.name === service.name) ?? {};
  const allowed = user?.permissions.publish.allow ?? [];
  return allowed.map((subject) => exampleOf(subject.replace(`$JS.${HUB_ACCOUNT}.API.`, '$JS.API.')));
}

/** Where an answer must not arrive: the API, streams, inboxes and acknowledgements of others. */
function targetsOf(service: ServiceDeclaration): string[] {
  const others = printShop.services.filter(({ name }) => name !== service.name);
  const api = printShop.streams.flatMap(({ name }) => [`STREAM.DELETE.${name}`, `STREAM.PURGE.${name}`]);
  const places = others.flatMap((other) =>
    other.consumes.map((one) => `${requireStreamOf(one.message, printShop).name}.${durableName(other.name, one)}`),
  );
  const ofDurables = places.map((place) => `CONSUMER.DELETE.${place}`);
  return [
    ...[...api, ...ofDurables].flatMap((one) => [`$JS.API.${one}`, `$JS.APP.API.${one}`]),
    ...places.map((place) => `$JS.ACK.${place}.1.1.1.1.0`),
    ...others.flatMap(({ publishes }) => publishes.map(({ subject }) => exampleOf(subject))),
    ...others.flatMap(({ name }) => [`${inboxPrefix(name)}.x`, `dlq.${name}.x`, `_R_.${accountName(name)}`]),
  ];
}

/** Streams, durables, and how many messages of others they hold. */
async function standing(service: ServiceDeclaration, admins: Admins): Promise<unknown> {
  const manager = await admins.hub.jetstreamManager();
  const own = [
    ...service.publishes.map(({ subject }) => filterOf(subject)),
    ...service.consumes.map(({ message }) => filterOf(message.subject)),
    `dlq.${service.name}.>`,
  ];
  return await Promise.all(
    printShop.streams.map(async ({ name }) => {
      const { state } = await manager.streams.info(name, { subjects_filter: '>' });
      const subjects = Object.entries(state.subjects ?? {}).filter(
        ([one]) => !own.some((two) => filterCovers(two, one)),
      );
      const durables = (await manager.consumers.list(name).next()).map((info) => info.name);
      return { name, durables: durables.sort(), subjects };
    }),
  );
}
