import { useTimeout } from '@vueuse/core';
import { computed, type Ref } from 'vue';

/** Milliseconds that a page waits for what stands above or beside the rest, so that it moves nothing when it comes. */
export const PATIENCE_MS = 1_000;

/** What of a read tells whether it is on its way for the first time. */
interface FirstRead {
  readonly isPending: Readonly<Ref<boolean>>;
  readonly failureCount: Readonly<Ref<number>>;
}

/** True while one of these reads is waited for. One that failed, and one that takes long, are not: what is there is shown. */
export function useComing(reads: () => readonly FirstRead[]): Readonly<Ref<boolean>> {
  const late = useTimeout(PATIENCE_MS);
  return computed(
    () => !late.value && reads().some(({ isPending, failureCount }) => isPending.value && failureCount.value === 0),
  );
}
