import { flushPromises } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineComponent, h, nextTick, ref } from 'vue';
import { usePages, videoApi } from '../../../web/src/api/index.ts';
import { json, startOrigin, type Origin } from '../support/origin.ts';
import { eventually, mountPage, type MountedPage } from '../support/page.ts';

let origin: Origin;
let mounted: MountedPage;
const from = ref<string>();

/** A list of ten, two a page; a cursor is the number of the first one. */
beforeEach(async () => {
  from.value = undefined;
  origin = await startOrigin(({ url }, response) => {
    const start = Number(new URL(url, 'http://x').searchParams.get('cursor') ?? 0);
    json(response, 200, { items: [start, start + 1], nextCursor: start < 8 ? String(start + 2) : null });
  });
});
afterEach(async () => {
  await mounted.leave();
  await origin.close();
});

const List = defineComponent(() => {
  const query = usePages(videoApi, 'listVideos', undefined, { from });
  return () => h('button', { onClick: () => void query.fetchNextPage() }, query.items.value.join(' '));
});
const shows = (text: string) => eventually(() => expect(mounted.page.text()).toBe(text));

test('adds page to page', async () => {
  mounted = await mountPage(List);
  await shows('0 1');
  await mounted.page.trigger('click');
  await shows('0 1 2 3');
});

test('starts where a link says, and at the start again when the link is left', async () => {
  from.value = '4';
  mounted = await mountPage(List);
  await shows('4 5');
  from.value = undefined;
  await nextTick();
  await flushPromises();
  await shows('0 1');
});
