import { useRouter, useRoute } from 'vue-router';
import { computed } from 'vue';
import { call, changeAtOnce, queryClient, readKey, useRead, userApi, videoApi, wordsOf } from '../api/index.ts';
import { logInPath } from '../links.ts';
import { useSession } from '../stores/session.ts';
import { useToasts } from '../stores/toasts.ts';

interface Followable {
  readonly followedByMe: boolean;
  readonly followers: number;
}

/** Whether the reader follows somebody, and the way to change it: shown at once, taken back with a word when refused. */
export function useFollowing(handle: () => string) {
  const session = useSession();
  const toasts = useToasts();
  const router = useRouter();
  const route = useRoute();
  const profile = useRead(userApi, 'readProfile', () => ({ params: { handle: handle() } }));

  const following = computed(() => profile.data.value?.followedByMe ?? false);
  const isMe = computed(() => session.account?.handle === handle());

  async function set(follow: boolean): Promise<void> {
    const params = { handle: handle() };
    await changeAtOnce<Followable>(
      readKey(userApi, 'readProfile', { params }),
      (before) => ({ ...before, followedByMe: follow, followers: Math.max(0, before.followers + (follow ? 1 : -1)) }),
      async () => {
        const state = await call(userApi, follow ? 'followUser' : 'unfollowUser', { params });
        return { followedByMe: state.following, followers: state.followers };
      },
    );
    void queryClient.invalidateQueries({ queryKey: readKey(videoApi, 'listFeed') });
  }

  async function toggle(): Promise<void> {
    if (!session.loggedIn) return void (await router.push(logInPath(route.fullPath)));
    const name = profile.data.value?.displayName ?? `@${handle()}`;
    const follow = !following.value;
    try {
      await set(follow);
      if (!follow) toasts.tell(`You no longer follow ${name}.`, { undo: () => set(true) });
    } catch (error) {
      toasts.tellFault(`${follow ? 'You do not follow' : 'You still follow'} ${name}. ${wordsOf(error).title}`);
    }
  }

  return { profile, following, isMe, toggle };
}
