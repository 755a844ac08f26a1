/** All streams that this replica holds, and what comes in for them from the other services and replicas. */
import type { mediaProgress, notifApi, sessionRevoked } from '#contracts';
import type { DataOf } from '#declare';
import { openEventStream } from '#runtime';
import { HttpError, type CallOf } from '#services/platform';
import { randomUUID } from 'node:crypto';
import { entriesAfter, mailboxState, mailboxStates } from '../repository/mailboxes.ts';
import type { Announcement, Service } from '../service.ts';
import { notificationOf } from '../views/notification.ts';
import { LiveStream, type MailboxReader } from './live-stream.ts';
import type { StreamLeases } from './stream-leases.ts';

/** What the hub keeps of a stream besides itself. */
interface Guard {
  /** Whether the session of the stream still holds. */
  readonly holds: () => Promise<boolean>;
  /** Whether its client was behind when it was last looked at. */
  wasBehind: boolean;
}

/** Seconds after which a page that has too many others may try again. */
const RETRY_SECONDS = 30;

/** The streams of one replica. */
export class LiveHub {
  private readonly service: Service;
  private readonly leases: StreamLeases;
  private readonly pingMs: number;
  private readonly guards = new Map<LiveStream, Guard>();
  private readonly byUser = new Map<string, Set<LiveStream>>();

  constructor(service: Service, options: { readonly leases: StreamLeases; readonly pingMs: number }) {
    this.service = service;
    this.leases = options.leases;
    this.pingMs = options.pingMs;
  }

  /** Answers a request with a stream, which goes on after its Last-Event-ID. */
  async open({ session, request, response }: CallOf<typeof notifApi, 'openStream'>): Promise<void> {
    const { userId, sessionId } = session;
    if (request.method === 'HEAD') return void response.type('text/event-stream').end();
    const stream = new LiveStream({ userId, sessionId, streamId: randomUUID(), mailbox: this.readerOf(userId) });
    if (!(await this.leases.take(stream))) {
      throw new HttpError('too_many_streams', { retryAfterSeconds: RETRY_SECONDS });
    }
    const holds = async (): Promise<boolean> => (await this.service.sessions.find(request)) !== undefined;
    this.remember(stream, { holds, wasBehind: false });
    response.once('close', () => void this.forget(stream));
    try {
      // asked once more: between the first look and the line above a revocation would have found no stream
      if (!(await holds())) throw new HttpError('no_session');
      const { lastId, unread } = await mailboxState(this.service.db, userId);
      if (response.destroyed) return void (await this.forget(stream));
      const fromId = Math.min(lastEventId(request.get('last-event-id')) ?? lastId, lastId);
      const events = openEventStream(response, {
        pingMs: this.pingMs,
        stopping: this.service.stopping,
        farewell: () => ({ name: 'bye', data: { at: new Date().toISOString() } }),
      });
      await this.guarded(stream.start({ events, response }, { fromId, unread }));
      if (!this.service.nats.connected) stream.send('messages', { flowing: false });
    } catch (error) {
      await this.forget(stream);
      throw error;
    }
  }

  /** A mailbox changed, here or on another replica. */
  mailboxChanged(announcement: Announcement): void {
    for (const stream of this.streamsOf(announcement.userId)) void this.guarded(stream.mailboxChanged(announcement));
  }

  /** The processing of a video went on. */
  progressed(data: DataOf<typeof mediaProgress>): void {
    for (const stream of this.streamsOf(data.ownerId)) stream.send('progress', data);
  }

  /** Messages between the services stopped, or come through again. */
  messagesChanged(flowing: boolean): void {
    for (const stream of this.guards.keys()) stream.send('messages', { flowing });
  }

  /** Sessions ended: their streams are told so and closed. */
  sessionsRevoked({ userId, sessionIds, reason, revokedAt }: DataOf<typeof sessionRevoked>): void {
    for (const stream of this.streamsOf(userId)) {
      if (!sessionIds.includes(stream.sessionId)) continue;
      stream.send('session-revoked', { reason, at: revokedAt });
      stream.end();
    }
  }

  /**
   * Looks after all streams: sends what an announcement that was lost told of, ends those whose session is over, drops those
   * whose client takes nothing, renews the leases. What is away now is looked for the next time.
   */
  async look(): Promise<void> {
    const all = [...this.guards];
    if (all.length === 0) return;
    for (const [stream, guard] of all) {
      if (guard.wasBehind && stream.isBehind) stream.drop();
      guard.wasBehind = stream.isBehind;
    }
    const looks = await Promise.allSettled([
      this.compareAll(all.map(([stream]) => stream)),
      ...all.map(async ([stream, { holds }]) => {
        if (!(await holds())) stream.end();
        else if (this.guards.has(stream)) await this.leases.renew(stream);
      }),
    ]);
    const failed = looks.filter((look) => look.status === 'rejected');
    if (failed.length > 0) this.service.log.warn({ err: failed[0]?.reason, failed: failed.length }, 'retrying later');
  }

  private async compareAll(streams: readonly LiveStream[]): Promise<void> {
    const states = await mailboxStates(this.service.db, [...new Set(streams.map(({ userId }) => userId))]);
    await Promise.all(
      streams.map(async (stream) => {
        const state = states.get(stream.userId);
        if (state !== undefined) await this.guarded(stream.compare(state));
      }),
    );
  }

  private streamsOf(userId: string): LiveStream[] {
    return [...(this.byUser.get(userId) ?? [])];
  }

  /** A mailbox that cannot be read now is read at the next look. */
  private async guarded(work: Promise<void>): Promise<void> {
    await work.catch((err: unknown) => this.service.log.warn({ err }, 'a stream could not be brought up to date'));
  }

  private remember(stream: LiveStream, guard: Guard): void {
    this.guards.set(stream, guard);
    const streams = this.byUser.get(stream.userId) ?? new Set();
    this.byUser.set(stream.userId, streams.add(stream));
  }

  private async forget(stream: LiveStream): Promise<void> {
    if (!this.guards.delete(stream)) return;
    const streams = this.byUser.get(stream.userId);
    streams?.delete(stream);
    if (streams?.size === 0) this.byUser.delete(stream.userId);
    // without Redis the lease runs out by itself
    await this.leases.release(stream).catch(() => undefined);
  }

  private readerOf(userId: string): MailboxReader {
    const { db } = this.service;
    return {
      read: async (afterId, limit) => {
        const rows = await entriesAfter(db, userId, afterId, limit);
        const { unread } = await mailboxState(db, userId);
        return { entries: rows.map(notificationOf), unread };
      },
    };
  }
}

/** The id of the last event that a page got; undefined for none, or one that was never given. */
function lastEventId(header: string | undefined): number | undefined {
  return /^\d{1,15}$/.test(header ?? '') ? Number(header) : undefined;
}
