import { useEventListener } from '@vueuse/core';
import { onScopeDispose } from 'vue';
import { call, queryClient, readKey, statsApi, userApi } from '../api/index.ts';
import { useSession } from '../stores/session.ts';
import { beatMeter } from './beat-meter.ts';

/** Seconds of playing after which the place is remembered again. */
const REMEMBER_SECONDS = 10;

/**
 * Reports to stats how much is played, and to user where it stopped. Failures are silent: nobody who
 * watches can do anything about it.
 */
export function usePlaybackRecord(videoId: string, video: () => HTMLVideoElement | null) {
  const session = useSession();
  let leaving = false;
  let rememberedAt: number | undefined;

  const meter = beatMeter(crypto.randomUUID(), (body) => {
    call(statsApi, 'recordBeat', { params: { videoId }, body, keepalive: leaving }).catch(() => undefined);
  });

  function look(): void {
    const player = video();
    if (player === null) return;
    const { currentTime: positionSeconds, playbackRate: rate, paused, seeking } = player;
    meter.look({ positionSeconds, rate, playing: !paused && !seeking, nowMs: performance.now() });
    rememberedAt ??= positionSeconds;
    if (Math.abs(positionSeconds - rememberedAt) >= REMEMBER_SECONDS) remember();
  }

  function remember(): void {
    const player = video();
    if (player === null || !session.loggedIn || !(player.duration > 0) || player.currentTime === 0) return;
    rememberedAt = player.currentTime;
    const body = { positionSeconds: player.currentTime, durationSeconds: player.duration };
    call(userApi, 'recordHistoryEntry', { params: { videoId }, body, keepalive: leaving })
      .then(() => queryClient.removeQueries({ queryKey: readKey(userApi, 'listHistory'), type: 'inactive' }))
      .catch(() => undefined);
  }

  /** Says what was not said yet. */
  function settle(): void {
    look();
    meter.flush();
    remember();
  }

  function leave(): void {
    leaving = true;
    settle();
    leaving = false;
  }

  useEventListener(globalThis, 'pagehide', leave);
  useEventListener(document, 'visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave();
  });
  onScopeDispose(() => {
    const key = readKey(userApi, 'readHistoryEntry', { params: { videoId } });
    queryClient.removeQueries({ queryKey: key });
  });

  return { look, settle, leave };
}
