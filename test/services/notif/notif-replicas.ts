/** Replicas of notif on the stores of a test file, and the events of the other services. */
import { randomUUID } from 'node:crypto';
import { auth, notif } from '#catalog';
import { notifApi, notification, pageOf, type Notification } from '#contracts';
import { encodeEnvelope, envelopeOf, messageIdOf, subjectOf } from '#declare';
import type { DataOf, Message, SubjectValues } from '#declare';
import type { OpenNats } from '#runtime/events/connection';
import { startService, type RunningService } from '#runtime';
import type { Sessions } from '#services/platform';
import { definition as notifDefinition } from '#services/notif/definition';
import type { Tables as NotifTables } from '#services/notif/tables';
import { openEvents, type EventSourceClient } from '#test-support/event-source';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';

/** One replica. */
export type NotifReplica = RunningService<typeof notif, NotifTables, Sessions>;

/** The stores of a file, with everybody's side of NATS. */
export interface NotifSurroundings {
  readonly stores: ServiceStores;
  readonly nats: OpenNats;
  /** Starts another replica. */
  start(changes?: Readonly<Record<string, string>>): Promise<NotifReplica>;
  /** Publishes an event as its owner does; `id` to say the same again, past the stream's own guard. */
  publish<M extends Message>(message: M, data: DataOf<M>, options?: { id?: string }): Promise<string>;
  /** Says a core message as its owner does. */
  publishCore<M extends Message>(message: M, values: SubjectValues<M['subject']>, data: DataOf<M>): void;
  stop(): Promise<void>;
}

/** Starts the stores and `count` replicas. */
export async function startNotif(
  count: number,
  changes: Readonly<Record<string, string>> = {},
): Promise<NotifSurroundings & { readonly replicas: readonly NotifReplica[] }> {
  const stores = await startServiceStores();
  await stores.provision();
  const nats = await stores.adminNats();
  const speakers = { auth: await stores.adminNats('auth'), media: await stores.adminNats('media') };
  const started: NotifReplica[] = [];
  const start = async (more: Readonly<Record<string, string>> = {}): Promise<NotifReplica> => {
    const env = stores.env(notif, { ...changes, ...more });
    const replica = await startService(notifDefinition, { env, port: 0 });
    started.push(replica);
    return replica;
  };
  const replicas: NotifReplica[] = [];
  for (let i = 0; i < count; i += 1) replicas.push(await start());
  return {
    ...{ stores, nats, start, replicas },
    async publish(message, data, { id = randomUUID() } = {}) {
      const envelope = envelopeOf(message, { id, time: new Date(), source: 'test', subject: id, data });
      const subject = subjectOf(message.subject, {} as never);
      const msgID = `${messageIdOf(envelope)}:${randomUUID()}`;
      await nats.connection.jetstream().publish(subject, encodeEnvelope(envelope), { msgID });
      return id;
    },
    publishCore(message, values, data) {
      const envelope = envelopeOf(message, { id: randomUUID(), time: new Date(), source: 'test', subject: 'x', data });
      const speaker = auth.publishes.some(({ subject }) => subject === message.subject)
        ? speakers.auth
        : speakers.media;
      speaker.connection.publish(subjectOf(message.subject, values), encodeEnvelope(envelope));
    },
    async stop() {
      await Promise.all(started.map(async (replica) => await replica.stop()));
      await stores.stop();
    },
  };
}

/** Somebody at a replica. */
export class Person {
  readonly who: LoggedIn;
  readonly replica: NotifReplica;

  constructor(replica: NotifReplica, who: LoggedIn) {
    this.replica = replica;
    this.who = who;
  }

  get userId(): string {
    return this.who.userId;
  }

  /** The same person at another replica. */
  at(replica: NotifReplica): Person {
    return new Person(replica, this.who);
  }

  async call(path: string, init: { readonly method?: string; readonly body?: unknown } = {}): Promise<Response> {
    return await fetch(`${this.replica.url}/api/${notifApi.service}${path}`, {
      method: init.method ?? 'GET',
      headers: { ...this.who.headers, ...(init.body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    });
  }

  async list(query = ''): Promise<{ items: Notification[]; nextCursor: string | null }> {
    return pageOf(notification).parse(await (await this.call(`/notifications${query}`)).json());
  }

  async unread(): Promise<number> {
    return ((await (await this.call('/notifications/unread')).json()) as { unread: number }).unread;
  }

  async openStream(lastEventId?: string): Promise<EventSourceClient> {
    const after: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    return await openEvents(`${this.replica.url}/api/${notifApi.service}/stream`, { ...this.who.headers, ...after });
  }
}

/** Data of a public video that is published. */
export function publication(ownerId: string, changes: { videoId?: string; at?: Date; visibility?: 'private' } = {}) {
  return {
    videoId: changes.videoId ?? randomUUID(),
    ownerId,
    version: 2,
    ownerHandle: 'ada',
    ownerDisplayName: 'Ada',
    title: 'Cats',
    visibility: changes.visibility ?? ('public' as const),
    durationSeconds: 3,
    revision: 'r1',
    publishedAt: (changes.at ?? new Date()).toISOString(),
  };
}

/** Data of a comment. */
export function commentBy(authorId: string, ownerId: string, excerpt: string) {
  return {
    videoId: randomUUID(),
    ownerId,
    title: 'Cats',
    commentId: randomUUID(),
    authorId,
    authorHandle: 'bob',
    authorDisplayName: 'Bob',
    excerpt,
    commentedAt: new Date().toISOString(),
  };
}

/** Data of a follow. */
export function followOf(followerId: string, followeeId: string, at: Date, version = 1) {
  return {
    followerId,
    followerHandle: 'bob',
    followerDisplayName: 'Bob',
    followeeId,
    version,
    followedAt: at.toISOString(),
  };
}
