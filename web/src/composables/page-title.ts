import { toValue, watchEffect, type MaybeRefOrGetter } from 'vue';
import { documentTitle } from '../document-title.ts';

/** Titles the document after what the page shows, once it is known. */
export function usePageTitle(title: MaybeRefOrGetter<string | undefined>): void {
  watchEffect(() => {
    const known = toValue(title);
    if (known !== undefined) document.title = documentTitle(known);
  });
}
