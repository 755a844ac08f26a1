import { useEventListener } from '@vueuse/core';
import { ref } from 'vue';
import { actionWords, playerAction, type PlayerAction } from './player-keys.ts';

/** Milliseconds that the word on a key stays. */
const WORD_MS = 800;

/** Lets keys drive a player from anywhere on its page; `word` is what to show of the last one. */
export function usePlayerKeys(video: () => HTMLVideoElement | null, toggleFullscreen: () => void) {
  const word = ref('');
  let timer: ReturnType<typeof setTimeout> | undefined;

  useEventListener(document, 'keydown', (event) => {
    const player = video();
    const action = playerAction(event);
    if (player === null || action === undefined) return;
    event.preventDefault();
    if (action.kind === 'fullscreen') toggleFullscreen();
    else act(player, action);
    say(actionWords(action, player));
  });

  function say(text: string): void {
    clearTimeout(timer);
    word.value = text;
    timer = setTimeout(() => (word.value = ''), WORD_MS);
  }

  return { word };
}

function act(player: HTMLVideoElement, action: PlayerAction): void {
  const end = Number.isFinite(player.duration) ? player.duration : 0;
  switch (action.kind) {
    case 'toggle':
      if (player.paused) void player.play().catch(() => undefined);
      else player.pause();
      return;
    case 'mute':
      player.muted = !player.muted;
      return;
    case 'volume':
      player.muted = false;
      player.volume = Math.min(1, Math.max(0, player.volume + action.change));
      return;
    case 'seek':
      player.currentTime = Math.min(end, Math.max(0, player.currentTime + action.seconds));
      return;
    case 'jump':
      player.currentTime = (end * action.part) / 10;
      return;
    case 'fullscreen':
      return;
  }
}
