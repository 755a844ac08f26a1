import { computed, type ComputedRef } from 'vue';
import { useRoute } from 'vue-router';

/** Where the list of a page starts, as a link to its next part carries it; undefined for the start. */
export function usePageCursor(): ComputedRef<string | undefined> {
  const route = useRoute();
  return computed(() => {
    const { from } = route.query;
    return typeof from === 'string' && from !== '' ? from : undefined;
  });
}
