/** Annotation of a pod template that changes with the configuration its pods read, so that a change rolls them. */
export const CONFIG_HASH_ANNOTATION = 'cdk8s-nats.dev/config-hash';

const FNV_PRIME = 0x01000193;
const OFFSETS = [0x811c9dc5, 0x050c5d1f] as const;

/**
 * Hash of configuration data; the order of its keys does not matter. It tells one version of a text from another and
 * guards nothing, so 64 bits are enough, and Node's crypto module, which takes as long to load as three services take to
 * render, stays unloaded.
 */
export function configHash(data: Readonly<Record<string, string>>): string {
  const entries = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify(entries);
  let [first, second]: [number, number] = [...OFFSETS];
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // FNV-1a, forwards and from the other end
    first = Math.imul(first ^ unit, FNV_PRIME);
    second = Math.imul(second ^ text.charCodeAt(text.length - 1 - index), FNV_PRIME);
  }
  return [first, second].map((lane) => mixed(lane).toString(16).padStart(8, '0')).join('');
}

/** Spreads each bit over all of a word: the last step of MurmurHash3. */
function mixed(word: number): number {
  const once = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
}
