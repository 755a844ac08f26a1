import { useEventListener } from '@vueuse/core';
import { ref, type Ref } from 'vue';
import { useShortcuts } from '../stores/shortcuts.ts';
import { actionWords, playerAction, type PlayerAction } from './player-keys.ts';

/** Milliseconds that the word on a key stays. */
const WORD_MS = 800;

/** What the keys drive: `frame` surrounds the player, and takes focus when somebody clicks in it. */
interface KeyedPlayer {
  readonly frame: Readonly<Ref<HTMLElement | null>>;
  readonly video: Readonly<Ref<HTMLVideoElement | null>>;
  readonly toggleFullscreen: () => void;
}

/** Lets keys drive a player while focus is in its frame: elsewhere they scroll the page. `word` is what to show of the last one. */
export function usePlayerKeys({ frame, video, toggleFullscreen }: KeyedPlayer) {
  const shortcuts = useShortcuts();
  const word = ref('');
  let timer: ReturnType<typeof setTimeout> | undefined;

  useEventListener(frame, 'keydown', (event) => {
    const player = video.value;
    const action = shortcuts.on ? playerAction(event) : undefined;
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
