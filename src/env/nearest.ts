/** THE "did you mean" of the library: only this file decides what is similar. */
import { distance } from 'fastest-levenshtein';

/** More names than this are not compared, so that a hint costs little beside the fault that it goes with. */
const MOST_COMPARED = 1000;

/** The known name most similar to a misspelt one; undefined if none is similar enough. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const text = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  let compared = 0;
  for (const candidate of known) {
    if (++compared > MOST_COMPARED) break;
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const away = distance(text, candidate.toLowerCase());
    if (away < bestDistance) [best, bestDistance] = [candidate, away];
  }
  return best;
}
