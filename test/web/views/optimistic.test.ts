import type { VideoDetail } from '#contracts';
import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test } from 'vitest';
import FollowButton from '../../../web/src/components/follow-button.vue';
import { queryClient, readKey, videoApi } from '../../../web/src/api/index.ts';
import { useSession } from '../../../web/src/stores/session.ts';
import { useToasts } from '../../../web/src/stores/toasts.ts';
import LikeButton from '../../../web/src/watch/like-button.vue';
import { json, problem, startOrigin, type Origin } from '../support/origin.ts';
import { eventually, mountPage, type MountedPage } from '../support/page.ts';
import { SESSION } from '../support/session.ts';

const VIDEO = {
  videoId: '11111111-1111-4111-8111-111111111111',
  likes: 4,
  likedByMe: false,
} as VideoDetail;
const PROFILE = { handle: 'bruno', displayName: 'Bruno', followedByMe: false, followers: 4 };
const KEY = readKey(videoApi, 'readVideo', { params: { videoId: VIDEO.videoId } });

let origin: Origin;
let mounted: MountedPage;
/** Lets the change that waits be answered. */
let answerChange: () => void;

beforeEach(async () => {
  origin = await startOrigin(({ method, url }, response) => {
    if (method === 'GET') return json(response, 200, url.startsWith('/api/auth') ? { session: SESSION } : PROFILE);
    answerChange = () => json(response, 503, problem(503, 'unavailable'));
  });
});
afterEach(async () => {
  await mounted.leave();
  await origin.close();
});

const changes = () => origin.received.filter(({ method }) => method !== 'GET');
const told = () => useToasts().toasts.map(({ text }) => text);

test('a like is shown at once, and taken back with a word when it is refused', async () => {
  mounted = await mountPage(LikeButton, { props: { video: VIDEO } });
  await useSession().ready();
  queryClient.setQueryData(KEY, VIDEO);
  await mounted.page.get('button').trigger('click');
  await flushPromises();
  expect(queryClient.getQueryData(KEY)).toMatchObject({ likedByMe: true, likes: 5 });
  await eventually(() => expect(changes()).toHaveLength(1));
  answerChange();
  await eventually(() => expect(told()).toEqual(['Not liked. Title of unavailable.']));
  expect(queryClient.getQueryData(KEY)).toMatchObject({ likedByMe: false, likes: 4 });
});

test('a follow is shown at once, and taken back with a word when it is refused', async () => {
  mounted = await mountPage(FollowButton, { props: { handle: 'bruno' } });
  await useSession().ready();
  const button = await eventually(() => mounted.page.get('button:not(.invisible)'));
  await button.trigger('click');
  await flushPromises();
  expect(button.text()).toBe('Following');
  await eventually(() => expect(changes()).toHaveLength(1));
  answerChange();
  await eventually(() => expect(told()).toEqual(['You do not follow Bruno. Title of unavailable.']));
  expect(button.text()).toBe('Follow');
});

test('who is not logged in is led to the log-in, and back to the video after it', async () => {
  origin.answer = (_, response) => json(response, 200, { session: null });
  mounted = await mountPage(LikeButton, { path: '/watch/x', props: { video: VIDEO } });
  await useSession().ready();
  await mounted.page.get('button').trigger('click');
  await eventually(() => expect(mounted.router.currentRoute.value.query['next']).toBe('/watch/x'));
});
