import { afterAll, beforeAll, expect, it } from 'vitest';
import { notifApi, statsApi, userApi, videoApi } from '#contracts';
import type { LocalPlatform } from '#local';
import { eventually } from '#test-support/eventually';
import { DEMO_MEMBERS, DEMO_PASSWORD, DEMO_VIDEOS } from '../../../demo/demo-data.ts';
import { loadDemoData } from '../../../demo/demo-loading.ts';
import { Member } from '../../../demo/member.ts';
import { startWholePlatform } from './whole-platform.ts';

const LOADING_MS = 240_000;
const publicVideos = DEMO_VIDEOS.filter(({ draft }) => draft.visibility === 'public');

let platform: LocalPlatform;

beforeAll(async () => {
  // with the limit of sign-ups that production has: each member comes from an address of its own
  platform = await startWholePlatform({ env: { auth: { ARGON2_MEMORY_KIB: '8192' } } });
});

afterAll(async () => await platform.stop());

it(
  'fills an empty platform through its edge, and the second time adds nothing',
  async () => {
    const said: string[] = [];
    expect(await loadDemoData(platform.url, (line) => said.push(line))).toBe(DEMO_VIDEOS.length);
    expect(said.at(-1)).toContain(DEMO_PASSWORD);
    expect(await loadDemoData(platform.url, () => undefined)).toBe(0);
  },
  LOADING_MS,
);

it('has films that can be watched, were watched, liked and talked about', async () => {
  const visitor = new Member(platform.url, { handle: 'nobody', displayName: 'Nobody', password: '' });
  await eventually(async () => {
    const { items } = await visitor.call(videoApi, 'listVideos');
    expect(items.map(({ title }) => title)).toEqual(publicVideos.map(({ draft }) => draft.title).reverse());
    for (const { title, owner, likes, views } of items) {
      const video = publicVideos.find(({ draft }) => draft.title === title);
      expect(owner.displayName).toBe(DEMO_MEMBERS.find(({ handle }) => handle === video?.owner)?.displayName);
      expect({ title, likes, views }).toEqual({ title, likes: video?.likedBy.length, views: DEMO_MEMBERS.length - 1 });
    }
  }, 30_000);
  expect((await visitor.call(statsApi, 'listTrending')).items).toHaveLength(publicVideos.length);
});

it('has members who follow each other and hear of it', async () => {
  const [ada] = DEMO_MEMBERS;
  if (ada === undefined) throw new Error('the demo has no members');
  const member = new Member(platform.url, { ...ada, password: DEMO_PASSWORD });
  await member.logIn();
  const { profile } = await member.call(userApi, 'readMe');
  const followers = DEMO_MEMBERS.filter(({ follows }) => follows.includes(ada.handle)).length;
  expect(profile).toMatchObject({ bio: ada.bio, followers, following: ada.follows.length });
  const { items } = await member.call(notifApi, 'listNotifications', { query: { limit: 100 } });
  expect(new Set(items.map(({ kind }) => kind))).toEqual(
    new Set(['followed', 'video_ready', 'video_published', 'video_commented', 'video_liked']),
  );
});
