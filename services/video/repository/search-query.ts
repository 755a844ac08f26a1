const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const MOST_WORDS = 12;

/**
 * What somebody typed as a `tsquery` of the configuration `simple`: every word must be there, and each may be the start of
 * a longer one, so results come while the last word is still typed. Undefined when there is no word in it.
 */
export function searchQueryOf(text: string): string | undefined {
  const words = (text.match(WORD) ?? []).slice(0, MOST_WORDS);
  return words.length === 0 ? undefined : words.map((word) => `'${word}':*`).join(' & ');
}
