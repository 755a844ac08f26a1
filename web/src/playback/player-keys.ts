/** Keys of the player, where what has the focus does not take them itself. */

/** What a key does; seconds and volume are changes, `part` is a tenth of the whole. */
export type PlayerAction =
  | { readonly kind: 'toggle' | 'fullscreen' | 'mute' }
  | { readonly kind: 'seek'; readonly seconds: number }
  | { readonly kind: 'volume'; readonly change: number }
  | { readonly kind: 'jump'; readonly part: number };

/** Seconds that an arrow key moves, and the part of the full volume that it changes. */
export const KEY_STEPS = { seconds: 5, volume: 0.05 } as const;

const ACTIONS: Readonly<Record<string, PlayerAction>> = {
  ' ': { kind: 'toggle' },
  ArrowLeft: { kind: 'seek', seconds: -KEY_STEPS.seconds },
  ArrowRight: { kind: 'seek', seconds: KEY_STEPS.seconds },
  ArrowUp: { kind: 'volume', change: KEY_STEPS.volume },
  ArrowDown: { kind: 'volume', change: -KEY_STEPS.volume },
  f: { kind: 'fullscreen' },
  m: { kind: 'mute' },
};

/** What takes all keys itself. */
const TYPING = 'input, textarea, select, [contenteditable], [role="dialog"], [role="menu"], [role="listbox"]';
/** What takes some keys: a button is pressed with space, a link followed, a slider and tabs moved with arrows. */
const PRESSED = 'button, a[href], summary, [role="button"], [role="switch"], [role="menuitem"]';
const MOVED = '[role="slider"], [role="tablist"], [role="radiogroup"], media-time-range, media-volume-range';

/** What a key does; undefined when it does nothing here, or where it was pressed takes it. */
export function playerAction(
  event: Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'defaultPrevented'> & {
    readonly target: EventTarget | null;
  },
): PlayerAction | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return undefined;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const action = /^\d$/.test(key) ? ({ kind: 'jump', part: Number(key) } as const) : ACTIONS[key];
  if (action === undefined || !(event.target instanceof Element)) return action;
  if (event.target.closest(TYPING)) return undefined;
  if (key === ' ' && event.target.closest(PRESSED)) return undefined;
  if (key.startsWith('Arrow') && event.target.closest(MOVED)) return undefined;
  return action;
}

/** What a player shows for a moment after a key. */
export function actionWords(
  action: PlayerAction,
  player: { readonly volume: number; readonly muted: boolean },
): string {
  switch (action.kind) {
    case 'seek':
      return `${action.seconds > 0 ? '+' : '−'}${Math.abs(action.seconds)} s`;
    case 'volume':
      return `Volume ${Math.round(player.volume * 100)} %`;
    case 'mute':
      return player.muted ? 'Muted' : 'Sound on';
    case 'jump':
      return `${action.part * 10} %`;
    default:
      return '';
  }
}
