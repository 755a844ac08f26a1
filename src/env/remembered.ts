/** With more texts than this, it starts over: an app has some hundreds, a folder of YAML may have any number. */
const MOST_TEXTS = 10_000;
/** Longer texts are seldom twice. */
const LONGEST_TEXT = 1000;

/** A function of a text alone, which works out each text once: the same few stand in every service. What it gives is shared. */
export function remembered<T>(workOut: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (text.length > LONGEST_TEXT) return workOut(text);
    const before = known.get(text);
    if (before !== undefined || known.has(text)) return before as T;
    if (known.size >= MOST_TEXTS) known.clear();
    const result = workOut(text);
    known.set(text, result);
    return result;
  };
}
