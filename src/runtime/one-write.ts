import type { Writable } from 'node:stream';

const held = new WeakSet<Writable>();

/** Holds what is written to a stream until the event loop has seen all that is ready, so that it leaves in one piece. */
export function inOneWrite(stream: Writable): void {
  if (held.has(stream)) return;
  held.add(stream);
  stream.cork();
  setImmediate(() => {
    held.delete(stream);
    stream.uncork();
  });
}
