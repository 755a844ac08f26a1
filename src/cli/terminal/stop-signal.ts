/** Exit code of a process that was interrupted: 128 and the number of SIGINT. */
export const INTERRUPTED = 130;
/**
 * npm passes the Ctrl-C of its terminal on to a process that has already received it: signals within this time are one
 * request.
 */
const SAME_REQUEST_MS = 1_000;
const PARENT_CHECK_MS = 1_000;

/** A signal that the first SIGINT, SIGTERM or SIGHUP aborts; another request, a second later, ends this process at once. */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  let firstAt: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      firstAt ??= performance.now();
      if (performance.now() - firstAt > SAME_REQUEST_MS) process.exit(INTERRUPTED);
      stopping.abort();
    });
  }
  return stopping.signal;
}

/** A signal that is aborted when the npm that started this process has died silently. */
export function npmGoneSignal(): AbortSignal {
  const gone = new AbortController();
  const { ppid } = process;
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => {
      if (process.ppid !== ppid) gone.abort();
    }, PARENT_CHECK_MS).unref();
  }
  return gone.signal;
}

/** Resolves when the signal is aborted. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
