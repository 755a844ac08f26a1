import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { videoCommented } from '#contracts';
import { eventually } from '#test-support/eventually';
import { commentBy, Person, startNotif, type NotifReplica } from './notif-replicas.ts';

let platform: Awaited<ReturnType<typeof startNotif>>;
let first: NotifReplica;
let second: NotifReplica;

beforeAll(async () => {
  platform = await startNotif(2, { SSE_PING_S: '1' });
  [first, second] = platform.replicas as [NotifReplica, NotifReplica];
});

afterAll(async () => {
  await platform.stop();
});

const newPerson = async (): Promise<Person> => new Person(first, await platform.stores.logIn());
const comment = async (person: Person): Promise<string> =>
  await platform.publish(videoCommented, commentBy(randomUUID(), person.userId, 'hello'));

describe('a stream outlives', () => {
  it('NATS: what changes meanwhile comes from the table', async () => {
    const ada = await newPerson();
    await comment(ada);
    await comment(ada);
    await eventually(async () => expect(await ada.unread()).toBe(2));
    const events = await ada.openStream();
    await events.next(({ name }) => name === 'hello');
    await platform.stores.nats.halt();
    const read = await ada.at(second).call('/notifications/2/read', { method: 'PUT' });
    expect(read.status).toBe(200);
    expect((await events.next(({ name }) => name === 'unread')).data).toEqual({ unread: 1 });
    await platform.stores.nats.start();
    await eventually(async () => void (await comment(ada)), 20_000);
    await events.next(({ name, id }) => name === 'notification' && id === '3', 20_000);
    events.close();
  });

  it('PostgreSQL: routes answer 503, the stream stays and gets what comes', async () => {
    const ada = await newPerson();
    const events = await ada.openStream();
    await events.next(({ name }) => name === 'hello');
    await platform.stores.postgres.halt();
    const refused = await ada.call('/notifications');
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'unavailable', dependency: 'postgres' });
    expect((await ada.call('/stream')).status).toBe(503);
    await comment(ada);
    await platform.stores.postgres.start();
    await events.next(({ name, id }) => name === 'notification' && id === '1', 30_000);
    events.close();
  });

  it('its replica’s end: it says bye and goes on at the other', async () => {
    const ada = await newPerson();
    const third = await platform.start();
    const events = await ada.at(third).openStream();
    await events.next(({ name }) => name === 'hello');
    await comment(ada);
    await events.next(({ id }) => id === '1');
    const stopped = third.stop();
    await events.ended;
    expect(events.events.at(-1)?.name).toBe('bye');
    expect(events.text).toMatch(/retry: \d+\n\n$/);
    await comment(ada);
    const again = await ada.at(second).openStream(events.lastEventId);
    await again.next(({ id }) => id === '2');
    expect(again.events.filter(({ name }) => name === 'notification')).toHaveLength(1);
    again.close();
    await stopped;
  });
});
