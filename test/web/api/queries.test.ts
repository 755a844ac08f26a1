import { afterEach, expect, test } from 'vitest';
import { changeAtOnce, queryClient, readKey, userApi, videoApi } from '../../../web/src/api/index.ts';

interface Like {
  readonly liked: boolean;
  readonly likes: number;
}

const KEY = ['video', 'readVideo'];
const like = (before: Like): Like => ({ ...before, liked: true, likes: before.likes + 1 });
const shown = () => queryClient.getQueryData<Like>(KEY);
afterEach(() => queryClient.clear());

test('shows a change at once, then what the service answers', async () => {
  queryClient.setQueryData<Like>(KEY, { liked: false, likes: 4 });
  let meanwhile: Like | undefined;
  await changeAtOnce<Like>(KEY, like, () => {
    meanwhile = shown();
    return Promise.resolve({ likes: 7 });
  });
  expect(meanwhile).toEqual({ liked: true, likes: 5 });
  expect(shown()).toEqual({ liked: true, likes: 7 });
});

test('puts back what was there when the service refuses, and throws', async () => {
  queryClient.setQueryData<Like>(KEY, { liked: false, likes: 4 });
  await expect(changeAtOnce<Like>(KEY, like, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(shown()).toEqual({ liked: false, likes: 4 });
});

test('changes nothing that was never read', async () => {
  await changeAtOnce<Like>(KEY, like, () => Promise.resolve({ likes: 7 }));
  expect(shown()).toBeUndefined();
});

test('keys start with service and operation, so that all reads of one can be found', () => {
  expect(readKey(userApi, 'readMe')).toEqual(['user', 'readMe']);
  const params = { videoId: 'x' };
  expect(readKey(videoApi, 'readVideo', { params })).toEqual(['video', 'readVideo', { params, query: undefined }]);
});
