import { defineStore } from 'pinia';
import { ref } from 'vue';

/** Milliseconds that a toast stays; one with a way back stays longer. */
export const TOAST_MS = { plain: 5_000, undo: 8_000, fault: 10_000 } as const;

/** The outcome of something that the person did. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'fault';
  /** Takes back what was done. */
  readonly undo?: () => void | Promise<void>;
}

/** Outcomes of what the person did, the newest last. */
export const useToasts = defineStore('toasts', () => {
  const toasts = ref<readonly Toast[]>([]);
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  let lastId = 0;

  /** Tells that something was done. */
  function tell(text: string, options: { readonly undo?: () => void | Promise<void> } = {}): void {
    add({ text, tone: 'plain', ...options }, options.undo ? TOAST_MS.undo : TOAST_MS.plain);
  }

  /** Tells that something could not be done. */
  function tellFault(text: string): void {
    add({ text, tone: 'fault' }, TOAST_MS.fault);
  }

  function add(toast: Omit<Toast, 'id'>, lasts: number): void {
    lastId += 1;
    const id = lastId;
    toasts.value = [...toasts.value, { ...toast, id }].slice(-3);
    timers.set(
      id,
      setTimeout(() => dismiss(id), lasts),
    );
  }

  /** Keeps a toast while somebody looks at it. */
  function hold(id: number): void {
    clearTimeout(timers.get(id));
  }

  /** Lets a held toast go. */
  function release(id: number): void {
    clearTimeout(timers.get(id));
    timers.set(
      id,
      setTimeout(() => dismiss(id), TOAST_MS.plain),
    );
  }

  function dismiss(id: number): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
    toasts.value = toasts.value.filter((toast) => toast.id !== id);
  }

  /** Undoes what a toast reports. */
  async function undo(toast: Toast): Promise<void> {
    dismiss(toast.id);
    try {
      await toast.undo?.();
    } catch {
      tellFault('Could not undo.');
    }
  }

  return { toasts, tell, tellFault, hold, release, dismiss, undo };
});
