import { onScopeDispose, ref, toValue, watch, type MaybeRefOrGetter, type Ref } from 'vue';

/** Milliseconds that a wait may last before a skeleton is shown. */
export const SKELETON_DELAY_MS = 150;

/** True once `waiting` has been true for a while; a short wait shows nothing. */
export function useDelayed(waiting: MaybeRefOrGetter<boolean>, delayMs = SKELETON_DELAY_MS): Readonly<Ref<boolean>> {
  const shown = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(
    () => toValue(waiting),
    (now) => {
      clearTimeout(timer);
      if (!now) shown.value = false;
      else timer = setTimeout(() => (shown.value = true), delayMs);
    },
    { immediate: true },
  );
  onScopeDispose(() => clearTimeout(timer));
  return shown;
}
