import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accountDeleted,
  followed,
  jobDead,
  mediaFailed,
  passwordChanged,
  unfollowed,
  videoCommented,
  videoLiked,
  videoPublished,
} from '#contracts';
import { eventually } from '#test-support/eventually';
import { commentBy, followOf, Person, publication, startNotif, type NotifReplica } from './notif-replicas.ts';

let platform: Awaited<ReturnType<typeof startNotif>>;
let replica: NotifReplica;

beforeAll(async () => {
  platform = await startNotif(2);
  [replica] = platform.replicas as [NotifReplica];
});

afterAll(async () => {
  await platform.stop();
});

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const newPerson = async (): Promise<Person> => new Person(replica, await platform.stores.logIn());

async function untilTitles(person: Person, titles: readonly string[]): Promise<void> {
  await eventually(async () => {
    expect((await person.list()).items.map(({ title }) => title).sort()).toEqual([...titles].sort());
  });
}

describe('what comes into a mailbox', () => {
  it('tells the owner that a video is ready and the followers that it was published', async () => {
    const [ada, bob, eve] = [await newPerson(), await newPerson(), await newPerson()];
    await platform.publish(followed, followOf(bob.userId, ada.userId, at(1)));
    await untilTitles(ada, ['Bob follows you']);
    const data = publication(ada.userId);
    await platform.publish(videoPublished, data);
    await untilTitles(bob, ['Ada published “Cats”']);
    const [entry] = (await bob.list()).items;
    expect(entry).toMatchObject({
      id: 1,
      kind: 'video_published',
      link: `/watch/${data.videoId}`,
      actor: { userId: ada.userId, handle: 'ada', displayName: 'Ada' },
      videoId: data.videoId,
      createdAt: data.publishedAt,
      readAt: null,
    });
    await untilTitles(ada, ['Bob follows you', '“Cats” is ready to watch']);
    await untilTitles(eve, []);
  });

  it('tells nobody but the owner of a private video', async () => {
    const [ada, bob] = [await newPerson(), await newPerson()];
    await platform.publish(followed, followOf(bob.userId, ada.userId, at(1)));
    await untilTitles(ada, ['Bob follows you']);
    await platform.publish(videoPublished, publication(ada.userId, { visibility: 'private' }));
    await untilTitles(ada, ['Bob follows you', '“Cats” is ready to watch']);
    await untilTitles(bob, []);
  });

  it('has words for what happened to a file, a job and a password', async () => {
    const ada = await newPerson();
    const job = { videoId: randomUUID(), ownerId: ada.userId, jobId: randomUUID(), run: 1 };
    const fileName = `../cats\n${'x'.repeat(200)}.mp4`;
    await platform.publish(mediaFailed, {
      ...job,
      fileName,
      code: 'unreadable',
      reason: 'the file is no video',
      attempt: 1,
      failedAt: at(1).toISOString(),
    });
    await platform.publish(jobDead, {
      ...job,
      fileName: 'dogs.mp4',
      attempts: 5,
      reason: 'the worker crashed',
      diedAt: at(2).toISOString(),
    });
    await platform.publish(passwordChanged, {
      userId: ada.userId,
      version: 2,
      changedAt: at(3).toISOString(),
      revokedSessions: 2,
    });
    await eventually(async () => expect((await ada.list()).items).toHaveLength(3));
    const byKind = new Map((await ada.list()).items.map((one) => [one.kind, one]));
    expect(byKind.get('media_failed')).toMatchObject({ body: 'the file is no video', link: `/watch/${job.videoId}` });
    expect(byKind.get('media_failed')?.title).toMatch(/^“\.\.\/cats x+…” could not be processed$/);
    expect(byKind.get('job_dead')).toMatchObject({
      title: '“dogs.mp4” was given up after 5 tries',
      body: 'the worker crashed',
      link: '/jobs',
    });
    expect(byKind.get('password_changed')).toMatchObject({
      title: 'Your password was changed',
      body: '2 other sessions were ended.',
    });
  });

  it('does not tell people of what they did themselves', async () => {
    const ada = await newPerson();
    await platform.publish(videoCommented, commentBy(ada.userId, ada.userId, 'mine'));
    await platform.publish(videoCommented, commentBy(randomUUID(), ada.userId, 'theirs'));
    await eventually(async () => expect((await ada.list()).items.map(({ body }) => body)).toEqual(['theirs']));
  });

  it('makes one entry of an event that is delivered three times', async () => {
    const ada = await newPerson();
    const id = randomUUID();
    const comment = commentBy(randomUUID(), ada.userId, 'once');
    await Promise.all([1, 2, 3].map(async () => await platform.publish(videoCommented, comment, { id })));
    const last = commentBy(randomUUID(), ada.userId, 'last');
    await platform.publish(videoCommented, last);
    await eventually(async () => expect((await ada.list()).items).toHaveLength(2));
    expect(await ada.unread()).toBe(2);
  });

  it('tells once of a like that is taken back and given again', async () => {
    const ada = await newPerson();
    const liker = { likerId: randomUUID(), likerHandle: 'bob', likerDisplayName: 'Bob', likes: 1 };
    const like = { videoId: randomUUID(), ownerId: ada.userId, title: 'Cats', ...liker, likedAt: at(1).toISOString() };
    await platform.publish(videoLiked, like);
    await platform.publish(videoLiked, { ...like, likedAt: at(2).toISOString() });
    await platform.publish(videoLiked, { ...like, videoId: randomUUID(), title: 'Dogs' });
    await untilTitles(ada, ['Bob likes “Cats”', 'Bob likes “Dogs”']);
  });

  it('leaves out what somebody declined, and nothing about the own account', async () => {
    const ada = await newPerson();
    const changed = await ada.call('/settings', { method: 'PATCH', body: { videoCommented: false } });
    const wanted = { videoPublished: true, videoCommented: false, videoLiked: true, followed: true };
    expect(await changed.json()).toEqual(wanted);
    expect(await (await ada.call('/settings')).json()).toEqual(wanted);
    expect((await ada.call('/settings', { method: 'PATCH', body: { passwordChanged: false } })).status).toBe(422);
    await platform.publish(videoCommented, commentBy(randomUUID(), ada.userId, 'declined'));
    await platform.publish(followed, followOf(randomUUID(), ada.userId, at(1)));
    await untilTitles(ada, ['Bob follows you']);
    const again = await ada.call('/settings', { method: 'PATCH', body: { videoCommented: true } });
    expect(await again.json()).toEqual({ ...wanted, videoCommented: true });
  });
});

describe('events in another order', () => {
  type Step = (people: {
    readonly ada: string;
    readonly bob: string;
    readonly videos: readonly string[];
  }) => Promise<string>;
  const steps: readonly Step[] = [
    ({ ada, bob }) => platform.publish(followed, followOf(bob, ada, at(10))),
    ({ ada, videos }) => platform.publish(videoPublished, publication(ada, { videoId: videos[0] ?? '', at: at(20) })),
    ({ ada, bob }) =>
      platform.publish(unfollowed, {
        followerId: bob,
        followeeId: ada,
        version: 2,
        unfollowedAt: at(30).toISOString(),
      }),
    ({ ada, videos }) => platform.publish(videoPublished, publication(ada, { videoId: videos[1] ?? '', at: at(40) })),
    ({ ada, bob }) => platform.publish(followed, followOf(bob, ada, at(50), 3)),
    ({ ada, videos }) => platform.publish(videoPublished, publication(ada, { videoId: videos[2] ?? '', at: at(60) })),
  ];

  it.each([
    ['as they happened', [0, 1, 2, 3, 4, 5]],
    ['backwards', [5, 4, 3, 2, 1, 0]],
    ['publications first', [1, 3, 5, 0, 2, 4]],
    ['the end of the follow first', [2, 3, 1, 4, 5, 0]],
    ['each three times and mixed', [3, 3, 0, 5, 5, 2, 4, 1, 0, 1, 2, 3, 4, 5, 4, 2, 1, 0]],
  ])('leave the same entries: %s', async (_, order) => {
    const [ada, bob] = [await newPerson(), await newPerson()];
    const people = { ada: ada.userId, bob: bob.userId, videos: [randomUUID(), randomUUID(), randomUUID()] };
    const handled = async (): Promise<number> =>
      Number(
        (
          await replica.service.db
            .selectFrom('inbox')
            .select(({ fn }) => fn.countAll().as('count'))
            .executeTakeFirstOrThrow()
        ).count,
      );
    for (const index of order) {
      const before = await handled();
      await steps[index]?.(people);
      await eventually(async () => expect(await handled()).toBe(before + 1));
    }
    const heard = (await bob.list()).items.map(({ videoId }) => videoId).sort();
    expect(heard).toEqual([people.videos[0], people.videos[2]].sort());
    expect(await bob.unread()).toBe(2);
    const kinds = (await ada.list()).items.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(['followed', 'video_ready', 'video_ready', 'video_ready']);
  });
});

describe('reading', () => {
  it('gives pages, the newest first, and the unread alone', async () => {
    const [ada, bob] = [await newPerson(), await newPerson()];
    for (const text of ['a', 'b', 'c', 'd', 'e']) {
      await platform.publish(videoCommented, commentBy(bob.userId, ada.userId, text));
    }
    await eventually(async () => expect(await ada.unread()).toBe(5));
    const first = await ada.list('?limit=2');
    expect(first.items.map(({ id }) => id)).toEqual([5, 4]);
    const second = await ada.list(`?limit=2&cursor=${first.nextCursor ?? ''}`);
    expect(second.items.map(({ id }) => id)).toEqual([3, 2]);
    const third = await ada.list(`?limit=2&cursor=${second.nextCursor ?? ''}`);
    expect(third).toMatchObject({ items: [{ id: 1 }], nextCursor: null });
    expect((await ada.call('/notifications?cursor=nonsense')).status).toBe(422);

    const one = await ada.call('/notifications/4/read', { method: 'PUT' });
    expect(await one.json()).toEqual({ unread: 4 });
    const again = await ada.call('/notifications/4/read', { method: 'PUT' });
    expect(await again.json()).toEqual({ unread: 4 });
    expect((await ada.list('?unread=true')).items.map(({ id }) => id)).toEqual([5, 3, 2, 1]);
    const most = await ada.call('/notifications/read', { method: 'PUT', body: { upTo: 3 } });
    expect(await most.json()).toEqual({ unread: 1 });
    expect((await ada.list('?unread=true')).items.map(({ id }) => id)).toEqual([5]);
    expect((await ada.list()).items).toHaveLength(5);
  });

  it('knows nobody else’s entries', async () => {
    const [ada, bob] = [await newPerson(), await newPerson()];
    await platform.publish(videoCommented, commentBy(bob.userId, ada.userId, 'private'));
    await eventually(async () => expect(await ada.unread()).toBe(1));
    expect((await bob.list()).items).toEqual([]);
    expect((await bob.call('/notifications/1/read', { method: 'PUT' })).status).toBe(404);
    expect((await bob.call('/notifications/x/read', { method: 'PUT' })).status).toBe(404);
    expect(await ada.unread()).toBe(1);
    expect((await fetch(`${replica.url}/api/notif/notifications`)).status).toBe(401);
  });
});

describe('an account that is deleted', () => {
  it('is forgotten, in other mailboxes too, and what comes late finds nothing', async () => {
    const [ada, bob] = [await newPerson(), await newPerson()];
    await platform.publish(followed, followOf(bob.userId, ada.userId, at(1)));
    await platform.publish(videoCommented, commentBy(bob.userId, ada.userId, 'soon gone'));
    await platform.publish(videoCommented, commentBy(randomUUID(), ada.userId, 'stays'));
    await platform.publish(videoCommented, commentBy(ada.userId, bob.userId, 'to the deleted'));
    await eventually(async () => expect([await ada.unread(), await bob.unread()]).toEqual([3, 1]));

    const gone = { userId: bob.userId, version: 2, handle: 'bob', deletedAt: at(5).toISOString() };
    await platform.publish(accountDeleted, gone);
    await eventually(async () => expect((await ada.list()).items.map(({ body }) => body)).toEqual(['stays']));
    expect(await ada.unread()).toBe(1);
    expect((await bob.list()).items).toEqual([]);

    await platform.publish(followed, followOf(bob.userId, ada.userId, at(1), 3));
    await platform.publish(videoCommented, commentBy(bob.userId, ada.userId, 'late'));
    await platform.publish(videoCommented, commentBy(ada.userId, bob.userId, 'late too'));
    await platform.publish(videoPublished, publication(bob.userId));
    await platform.publish(videoCommented, commentBy(randomUUID(), ada.userId, 'last'));
    await eventually(async () => expect(await ada.unread()).toBe(2));
    expect((await ada.list()).items.map(({ body }) => body)).toEqual(['last', 'stays']);
    expect((await bob.list()).items).toEqual([]);
    for (const table of ['follow_change', 'publication', 'preference'] as const) {
      const rows = await replica.service.db.selectFrom(table).selectAll().execute();
      expect(JSON.stringify(rows)).not.toContain(bob.userId);
    }
  });
});
