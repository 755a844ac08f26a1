/** A signal that is aborted with the first of several. `AbortSignal.any` is missing before Chrome 116, Firefox 124 and Safari 17.4. */
export function firstOf(signals: readonly AbortSignal[]): AbortSignal {
  if (typeof AbortSignal.any === 'function') return AbortSignal.any([...signals]);
  const either = new AbortController();
  const done = new AbortController();
  for (const signal of signals) {
    const abort = (): void => {
      either.abort(signal.reason);
      // the others, which may live long, no longer hold on to this one
      done.abort();
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true, signal: done.signal });
  }
  return either.signal;
}
