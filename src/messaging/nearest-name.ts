import { closest, distance } from 'fastest-levenshtein';

/** A hint at the known name that was probably meant, to be put after a sentence; empty when none is near. */
export function nearestHint(name: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const candidate = closest(name, known);
  const near = distance(name.toLowerCase(), candidate.toLowerCase()) <= Math.max(2, Math.floor(name.length / 4));
  return near && candidate !== name ? `, did you mean ${candidate}?` : '';
}
