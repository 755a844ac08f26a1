import { get, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionRevoked, videoVisibilityChanged, type Visibility } from '#contracts';
import type { OpenNats } from '#runtime/events/connection';
import { publish, publishCore } from '#runtime/events/publisher';
import { eventually } from '#test-support/eventually';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import { announceVideo, markProcessed, mediaDisk, signTicket, startMedia, type RunningMedia } from './running-media.ts';
import { TusClient, uploadWhole } from './tus-client.ts';

let stores: ServiceStores;
let nats: OpenNats;
let media: RunningMedia;
let owner: LoggedIn;
const disk = mediaDisk();
/** More than what sockets hold, so that an answer stays open while nobody reads it. */
const LARGE_BYTES = 48 * 1024 * 1024;

beforeAll(async () => {
  stores = await startServiceStores();
  await stores.provision();
  nats = await stores.adminNats();
  media = await startMedia(stores, disk);
  owner = await stores.logIn();
});

afterAll(async () => {
  await media.stop();
  await stores.stop();
  disk.remove();
});

async function largeVideo(visibility: Visibility): Promise<{ readonly videoId: string; readonly url: string }> {
  const { ticket, text } = signTicket(stores, owner.userId, LARGE_BYTES);
  await uploadWhole(new TusClient(media.url, owner), text, new Uint8Array(LARGE_BYTES));
  await markProcessed(stores, ticket.videoId);
  await announceVideo(nats, ticket.videoId, owner.userId, visibility);
  const url = `${media.url}/api/media/videos/${ticket.videoId}/original`;
  const expected = visibility === 'private' ? 404 : 206;
  await eventually(async () => {
    expect((await fetch(url, { headers: { range: 'bytes=0-0' } })).status).toBe(expected);
  });
  return { videoId: ticket.videoId, url };
}

/** Asks for bytes and reads none; resolves with the answer once its head is there. */
async function open(url: string, who?: LoggedIn): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    get(url, { headers: { ...who?.headers } }, resolve).on('error', reject);
  });
}

/** Reads the rest; gives whether all of it came. */
async function readsToTheEnd(answer: IncomingMessage): Promise<boolean> {
  return await new Promise((resolve) => {
    answer.once('close', () => resolve(answer.complete));
    answer.once('error', () => resolve(false));
    answer.resume();
  });
}

describe('an answer whose bytes still flow', () => {
  it('is cut within 2 s when the video becomes private, and goes on for its owner', async () => {
    const { videoId, url } = await largeVideo('public');
    const [stranger, own] = await Promise.all([open(url), open(url, owner)]);
    expect([stranger.statusCode, own.statusCode]).toEqual([200, 200]);
    const changedAt = new Date().toISOString();
    await publish(nats, 'video', videoVisibilityChanged, {
      aggregate: videoId,
      data: { videoId, ownerId: owner.userId, version: 2, visibility: 'private', previous: 'public', changedAt },
    });
    await eventually(async () => expect((await fetch(url)).status).toBe(404), 2000);
    // a socket that is not read tells of no end: the time in which an answer is asked again has to pass
    await pause(1500);
    expect(await readsToTheEnd(stranger)).toBe(false);
    expect(await readsToTheEnd(own)).toBe(true);
  });

  it('of a private video is cut when its session ends', async () => {
    const { url } = await largeVideo('private');
    const other = await stores.logIn({ userId: owner.userId });
    const [revoked, kept] = await Promise.all([open(url, other), open(url, owner)]);
    expect([revoked.statusCode, kept.statusCode]).toEqual([200, 200]);
    const { sessionId } = other.session;
    const data = {
      userId: owner.userId,
      sessionIds: [sessionId],
      reason: 'revoked' as const,
      revokedAt: new Date().toISOString(),
    };
    const auth = await stores.adminNats('auth');
    publishCore(auth, 'auth', sessionRevoked, { aggregate: owner.userId, values: { user: owner.userId }, data });
    await auth.connection.flush();
    await pause(200);
    expect(await readsToTheEnd(revoked)).toBe(false);
    expect(await readsToTheEnd(kept)).toBe(true);
  });
});
