import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIVE_EVENTS, mediaProgress, sessionRevoked, videoCommented, type LiveEventData } from '#contracts';
import { SessionWriter } from '#runtime';
import { sessionSchema } from '#services/platform';
import { eventually } from '#test-support/eventually';
import type { EventSourceClient } from '#test-support/event-source';
import { commentBy, Person, startNotif, type NotifReplica } from './notif-replicas.ts';

const PING_S = 1;
const STREAMS_PER_USER = 4;

let platform: Awaited<ReturnType<typeof startNotif>>;
let first: NotifReplica;
let second: NotifReplica;
const open: EventSourceClient[] = [];

beforeAll(async () => {
  platform = await startNotif(2, { SSE_PING_S: String(PING_S), SSE_MAX_PER_USER: String(STREAMS_PER_USER) });
  [first, second] = platform.replicas as [NotifReplica, NotifReplica];
});

afterAll(async () => {
  open.forEach((stream) => stream.close());
  await platform.stop();
});

const newPerson = async (): Promise<Person> => new Person(first, await platform.stores.logIn());

async function stream(person: Person, lastEventId?: string): Promise<EventSourceClient> {
  const opened = await person.openStream(lastEventId);
  open.push(opened);
  return opened;
}

async function comment(person: Person, count = 1): Promise<void> {
  const authorId = randomUUID();
  const all = Array.from({ length: count }, (_, i) => commentBy(authorId, person.userId, `comment ${i}`));
  await Promise.all(all.map(async (data) => await platform.publish(videoCommented, data)));
}

/** Ids of the entries that a stream sent, in the order in which they came. */
function idsOf({ events }: EventSourceClient): number[] {
  return events
    .filter(({ name }) => name === 'notification')
    .map(({ data, id }) => {
      const { notification } = LIVE_EVENTS.notification.parse(data);
      expect(id).toBe(String(notification.id));
      return notification.id;
    });
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

function progressOf(ownerId: string, sequence = 1): LiveEventData<'progress'> {
  return {
    videoId: randomUUID(),
    ownerId,
    jobId: randomUUID(),
    run: 1,
    attempt: 1,
    worker: 'media-0',
    phase: 'transcoding',
    percent: 40,
    sequence,
    at: new Date().toISOString(),
  };
}

describe('a stream', () => {
  it('greets, is not buffered, and is kept open by comments', async () => {
    const ada = await newPerson();
    await comment(ada, 2);
    await eventually(async () => expect(await ada.unread()).toBe(2));
    const events = await stream(ada);
    expect(events.status).toBe(200);
    expect(events.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const hello = await events.next(({ name }) => name === 'hello');
    expect(hello).toEqual({ name: 'hello', data: { userId: ada.userId, unread: 2 }, id: '2' });
    await eventually(() => expect(events.text).toMatch(/^: still here$/m), 3 * PING_S * 1000);
    expect(events.text).toMatch(/^retry: \d+$/m);
    expect(idsOf(events)).toEqual([]);
  });

  it('needs a session, and HEAD opens none', async () => {
    expect((await fetch(`${first.url}/api/notif/stream`)).status).toBe(401);
    const ada = await newPerson();
    const head = await ada.call('/stream', { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(await platform.stores.adminRedis.exists(`notif:streams:${ada.userId}`)).toBe(0);
  });

  it('passes a change on to the pages at every replica', async () => {
    const ada = await newPerson();
    const [here, there] = [await stream(ada), await stream(ada.at(second))];
    await comment(ada);
    for (const events of [here, there]) {
      const { data } = await events.next(({ name }) => name === 'notification');
      expect(data).toMatchObject({ notification: { id: 1, kind: 'video_commented', readAt: null }, unread: 1 });
    }
    await ada.at(second).call('/notifications/1/read', { method: 'PUT' });
    for (const events of [here, there]) {
      expect((await events.next(({ name }) => name === 'unread')).data).toEqual({ unread: 0 });
    }
  });

  it('passes the progress of own videos on, and nobody else’s', async () => {
    const [ada, bob] = [await newPerson(), await newPerson()];
    const [adas, bobs] = [await stream(ada), await stream(bob.at(second))];
    const [adasProgress, bobsProgress] = [progressOf(ada.userId), progressOf(bob.userId)];
    await Promise.all([adas, bobs].map(async (events) => await events.next(({ name }) => name === 'hello')));
    for (const data of [adasProgress, bobsProgress]) {
      platform.publishCore(mediaProgress, { user: data.ownerId, video: data.videoId }, data);
    }
    expect((await adas.next(({ name }) => name === 'progress')).data).toEqual(adasProgress);
    expect((await bobs.next(({ name }) => name === 'progress')).data).toEqual(bobsProgress);
    expect(adas.events.filter(({ name }) => name === 'progress')).toHaveLength(1);
  });

  it('sends ids in order and without a gap while both replicas add entries', async () => {
    const ada = await newPerson();
    const streams = [await stream(ada), await stream(ada.at(second))];
    await comment(ada, 150);
    for (const events of streams) {
      await events.next(({ id }) => id === '150', 20_000);
      expect(idsOf(events)).toEqual(upTo(150));
    }
  });

  it('loses no id when it breaks and goes on at whichever replica', async () => {
    const ada = await newPerson();
    const count = 200;
    const seen: number[] = [];
    let lastEventId = (await (await stream(ada)).next(({ name }) => name === 'hello')).id;
    const adding = comment(ada, count);
    for (let round = 0; seen.length < count; round += 1) {
      const events = await stream(ada.at(round % 2 === 0 ? second : first), lastEventId);
      const before = seen.length;
      await events.next(({ name }) => name === 'notification', 20_000);
      events.close();
      await events.ended;
      seen.push(...idsOf(events));
      expect(seen.length).toBeGreaterThan(before);
      lastEventId = events.lastEventId;
      // the place of a stream that was closed is free again
      await eventually(async () => {
        expect(await platform.stores.adminRedis.zcard(`notif:streams:${ada.userId}`)).toBeLessThan(STREAMS_PER_USER);
      });
    }
    await adding;
    expect(seen).toEqual(upTo(count));
  });

  it.each(['-1', 'x', '999999999999999999999', '77'])('takes %s for no id to go on from', async (wrong) => {
    const ada = await newPerson();
    await comment(ada);
    await eventually(async () => expect(await ada.unread()).toBe(1));
    const events = await stream(ada, wrong);
    expect((await events.next(({ name }) => name === 'hello')).id).toBe('1');
    await comment(ada);
    expect((await events.next(({ name }) => name === 'notification')).id).toBe('2');
  });
});

describe('a session that ends', () => {
  it('closes its streams at every replica within two seconds, and no others', async () => {
    const ada = await newPerson();
    const other = new Person(first, await platform.stores.logIn({ userId: ada.userId }));
    const ending = [await stream(ada), await stream(ada.at(second))];
    const staying = await stream(other);
    await Promise.all([...ending, staying].map(async (events) => await events.next(({ name }) => name === 'hello')));

    const { sessionId } = ada.who.session;
    await new SessionWriter(platform.stores.adminRedis, sessionSchema, { idleSeconds: 60, absoluteSeconds: 60 }).revoke(
      ada.userId,
      {
        only: [sessionId],
      },
    );
    const revokedAt = new Date().toISOString();
    const startedAt = performance.now();
    const data = { userId: ada.userId, sessionIds: [sessionId], reason: 'revoked' as const, revokedAt };
    platform.publishCore(sessionRevoked, { user: ada.userId }, data);
    await Promise.all(ending.map(async ({ ended }) => await ended));
    expect(performance.now() - startedAt).toBeLessThan(2000);
    for (const { events } of ending) {
      expect(events.at(-1)).toMatchObject({ name: 'session-revoked', data: { reason: 'revoked', at: revokedAt } });
    }
    expect((await ada.call('/stream')).status).toBe(401);
    await comment(ada);
    await staying.next(({ name }) => name === 'notification');
  });

  it('closes its stream also when nobody said so', async () => {
    const ada = await newPerson();
    const events = await stream(ada);
    await events.next(({ name }) => name === 'hello');
    await new SessionWriter(platform.stores.adminRedis, sessionSchema, { idleSeconds: 60, absoluteSeconds: 60 }).revoke(
      ada.userId,
      {},
    );
    await events.ended;
    expect(events.events.map(({ name }) => name)).toEqual(['hello']);
  });
});

describe('bounds', () => {
  it('gives a user so many streams over all replicas, and a closed one makes room', async () => {
    const ada = await newPerson();
    const streams: EventSourceClient[] = [];
    for (let i = 0; i < STREAMS_PER_USER; i += 1) streams.push(await stream(i % 2 === 0 ? ada : ada.at(second)));
    for (const replica of [first, second]) {
      const refused = await ada.at(replica).call('/stream');
      expect(refused.status).toBe(429);
      expect(await refused.json()).toMatchObject({ code: 'too_many_streams' });
      expect(refused.headers.get('retry-after')).not.toBeNull();
    }
    streams[0]?.close();
    await eventually(async () => expect((await stream(ada)).status).toBe(200));
  });

  it('gives the places of a replica that died free', async () => {
    const ada = await newPerson();
    const key = `notif:streams:${ada.userId}`;
    for (let i = 0; i < STREAMS_PER_USER; i += 1) await platform.stores.adminRedis.zadd(key, Date.now() + 1500, `${i}`);
    expect((await stream(ada)).status).toBe(429);
    await eventually(async () => expect((await stream(ada)).status).toBe(200));
  });

  it('lets a client go that takes nothing, and keeps what is for it', async () => {
    const ada = await newPerson();
    const stuck = await stream(ada);
    const hello = await stuck.next(({ name }) => name === 'hello');
    stuck.pause();
    let isGone = false;
    void stuck.ended.then(() => (isGone = true));
    const key = `notif:streams:${ada.userId}`;
    await eventually(async () => {
      for (let i = 0; i < 2000; i += 1) {
        const data = progressOf(ada.userId, i);
        platform.publishCore(mediaProgress, { user: ada.userId, video: data.videoId }, data);
      }
      await platform.nats.connection.flush();
      expect(isGone || (await platform.stores.adminRedis.exists(key)) === 0).toBe(true);
    }, 60_000);
    await comment(ada, 3);
    const again = await stream(ada, hello.id);
    // the flood may have cost notif its own connection to NATS too
    await again.next(({ id }) => id === '3', 60_000);
    expect(idsOf(again)).toEqual([1, 2, 3]);
  });
});
