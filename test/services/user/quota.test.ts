import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { user } from '#catalog';
import { quotaChanged, type Quota } from '#contracts';
import { recordMessages, type MessageRecorder } from '#test-support/message-recorder';
import { drained, handled } from '#test-support/redelivery';
import {
  acquaintance,
  DEFAULT_QUOTA_BYTES,
  startUserStage,
  stranger,
  tellCreated,
  tellDeleted,
  tellGone,
  tellUploaded,
  type UserStage,
} from './running-user.ts';

let stage: UserStage;
let quotas: MessageRecorder<typeof quotaChanged>;

beforeAll(async () => {
  stage = await startUserStage();
  quotas = await recordMessages(stage.others, quotaChanged);
});

afterAll(async () => await stage.stop());

async function settle(messageId: string): Promise<void> {
  await handled(stage.running.service.db, messageId);
}

describe('storage', () => {
  it('counts what came and what went, and tells each change', async () => {
    const { client, userId } = await acquaintance(stage);
    const [a, b] = [randomUUID(), randomUUID()];
    await settle(await tellUploaded(stage, { videoId: a, ownerId: userId, quotaBytes: 300, second: 1 }));
    await settle(await tellUploaded(stage, { videoId: b, ownerId: userId, quotaBytes: 50, second: 2 }));
    expect((await client.send('readQuota')).body).toEqual({ limitBytes: DEFAULT_QUOTA_BYTES, usedBytes: 350 });
    await settle(await tellGone(stage, { videoId: a, ownerId: userId, quotaBytes: 300, second: 3 }));
    await quotas.first((data) => data.userId === userId && data.usedBytes === 50);
    const told = quotas.heard.filter((data) => data.userId === userId);
    expect(told.map(({ version, usedBytes }) => [version, usedBytes])).toEqual([
      ...[
        [1, 0],
        [2, 300],
        [3, 350],
        [4, 50],
      ],
    ]);
  });

  it('counts a file that took the place of another one once, and again after all bytes went', async () => {
    const { client, userId } = await acquaintance(stage);
    const about = { videoId: randomUUID(), ownerId: userId };
    const used = async (): Promise<number> => (await client.send('readQuota')).body.usedBytes;
    await settle(await tellUploaded(stage, { ...about, quotaBytes: 300, second: 1 }));
    await settle(await tellUploaded(stage, { ...about, quotaBytes: 200, second: 2 }));
    expect(await used()).toBe(200);
    await settle(await tellGone(stage, { ...about, quotaBytes: 200, second: 3 }));
    await settle(await tellUploaded(stage, { ...about, quotaBytes: 70, second: 4 }));
    expect(await used()).toBe(70);
  });

  it('is the same in whatever order the news come, each three times', async () => {
    const orders = permutations(['created', 'uploaded a', 'uploaded b', 'gone a'] as const);
    const wanted: Quota = { limitBytes: DEFAULT_QUOTA_BYTES, usedBytes: 20 };
    await Promise.all(
      orders.map(async (order) => {
        const known = await stranger(stage);
        const ownerId = known.userId;
        const [a, b] = [randomUUID(), randomUUID()];
        const tell = {
          created: async () => await tellCreated(stage, known, { times: 3 }),
          'uploaded a': async () => await tellUploaded(stage, { videoId: a, ownerId, quotaBytes: 1000, second: 1 }, 3),
          'uploaded b': async () => await tellUploaded(stage, { videoId: b, ownerId, quotaBytes: 20, second: 2 }, 3),
          'gone a': async () => await tellGone(stage, { videoId: a, ownerId, quotaBytes: 1000, second: 3 }, 3),
        };
        for (const step of order) await settle(await tell[step]());
        expect((await known.client.send('readQuota')).body, order.join(', ')).toEqual(wanted);
        const last = await quotas.first((data) => data.userId === ownerId && data.usedBytes === wanted.usedBytes);
        expect(last.limitBytes).toBe(wanted.limitBytes);
      }),
    );
    await drained(stage.others, user);
    const { db } = stage.running.service;
    const rows = await db.selectFrom('stored_video').select('quota_bytes').where('quota_bytes', 'in', [1000]).execute();
    expect(rows).toEqual([]);
    const left = await db.selectFrom('outbox').select('position').execute();
    expect(left).toEqual([]);
  });

  it('forgets the bytes of a deleted account, also when they are told of late', async () => {
    const known = await acquaintance(stage);
    const about = { videoId: randomUUID(), ownerId: known.userId, quotaBytes: 300 };
    await settle(await tellUploaded(stage, { ...about, second: 1 }));
    await settle(await tellDeleted(stage, known));
    await settle(await tellUploaded(stage, { ...about, videoId: randomUUID(), second: 2 }));
    await settle(await tellGone(stage, { ...about, second: 3 }));
    const { db } = stage.running.service;
    const rows = await db.selectFrom('stored_video').selectAll().where('owner_id', '=', known.userId).execute();
    expect(rows).toEqual([]);
  });
});

describe('the administrator', () => {
  it('sets the storage of a user, which is told once', async () => {
    const admin = await acquaintance(stage, 'admin');
    const { userId, client } = await acquaintance(stage);
    for (const _ of [1, 2]) {
      const { body } = await admin.client.send('changeQuota', { params: { userId }, body: { limitBytes: 7 } });
      expect(body).toEqual({ limitBytes: 7, usedBytes: 0 });
    }
    expect((await client.send('readMe')).body.quota.limitBytes).toBe(7);
    await quotas.first((data) => data.userId === userId && data.limitBytes === 7);
    expect(quotas.heard.filter((data) => data.userId === userId).map(({ version }) => version)).toEqual([1, 2]);
    const nobody = { params: { userId: randomUUID() }, body: { limitBytes: 7 } };
    expect((await admin.client.send('changeQuota', nobody)).status).toBe(404);
    const own = await client.send('changeQuota', { params: { userId }, body: { limitBytes: 7 } });
    expect(own.status).toBe(403);
  });

  it('finds accounts by a part of handle or name, without wildcards, in pages', async () => {
    const admin = await acquaintance(stage, 'admin');
    const { handle, userId } = await acquaintance(stage);
    const find = async (q: string) => (await admin.client.send('listAccounts', { query: { q } })).body.items;
    expect(await find(handle.toUpperCase())).toEqual([expect.objectContaining({ userId, handle, role: 'user' })]);
    expect(await find(`Name of ${handle}`)).toHaveLength(1);
    expect(await find('%')).toEqual([]);
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const { body } = await admin.client.send('listAccounts', { query: { limit: 7, cursor } });
      for (const item of body.items) {
        expect(seen.has(item.userId)).toBe(false);
        seen.add(item.userId);
      }
      cursor = body.nextCursor ?? undefined;
    } while (cursor !== undefined);
    const rows = await stage.running.service.db.selectFrom('profile').select('user_id').execute();
    expect(seen).toEqual(new Set(rows.map(({ user_id }) => user_id)));
  });

  it('gives the accounts that are asked for, and leaves out those that are not there', async () => {
    const admin = await acquaintance(stage, 'admin');
    const { handle, userId } = await acquaintance(stage);
    const { body } = await admin.client.send('listAccounts', { query: { ids: [userId, randomUUID()] } });
    expect(body.items.map((item) => item.handle)).toEqual([handle]);
    expect((await admin.client.send('listAccounts', { query: { ids: ['no-id'] } })).status).toBe(422);
  });
});

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
