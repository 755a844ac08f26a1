import { mount } from '@vue/test-utils';
import type { VideoCard as Card } from '#contracts';
import { expect, test } from 'vitest';
import { createMemoryHistory, createRouter } from 'vue-router';
import VideoCard from '../../../web/src/components/video-card.vue';

const VIDEO: Card = {
  videoId: '11111111-1111-4111-8111-111111111111',
  title: '<img src=x onerror=alert(1)> & more',
  owner: { userId: '33333333-3333-4333-8333-333333333333', handle: 'ada', displayName: '<b>Ada</b>' },
  visibility: 'public',
  state: 'ready',
  durationSeconds: 754,
  posterUrl: '/api/media/videos/x/hls/r1/poster.jpg',
  views: 1,
  likes: 0,
  tags: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  publishedAt: null,
};

function show(video: Partial<Card> = {}) {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:path(.*)*', component: { template: '<i />' } }],
  });
  return mount(VideoCard, { props: { video: { ...VIDEO, ...video } }, global: { plugins: [router] } });
}

test('shows markup in titles and names as text', () => {
  const card = show();
  expect(card.get('[data-grid-entry]').text()).toBe(VIDEO.title);
  expect(card.text()).toContain('<b>Ada</b>');
  expect(card.findAll('img')).toHaveLength(1);
});

test('reserves the space of the poster, and does without one', async () => {
  const card = show();
  const poster = card.get('img');
  expect([poster.attributes('width'), poster.attributes('height'), poster.attributes('alt')]).toEqual([
    '640',
    '360',
    '',
  ]);
  await poster.trigger('error');
  expect(card.find('img').exists()).toBe(false);
  expect(show({ posterUrl: null }).find('img').exists()).toBe(false);
});

test('says the duration to the eye as a clock and to the ear in words', () => {
  const card = show();
  expect(card.get('[aria-hidden="true"].sr-only, .aspect-video [aria-hidden="true"]').text()).toBe('12:34');
  expect(card.get('.aspect-video .sr-only').text()).toBe('12 minutes 34 seconds');
});
