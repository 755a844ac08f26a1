/**
 * Which tab holds the file of an upload. The browser frees a lock when its tab closes or crashes, so nothing has to be timed.
 * Where there are no Web Locks (a page that is not served securely), each tab thinks that it is alone.
 */
export interface TabLocks {
  /** Holds a name for this tab until `release`. */
  hold(name: string): void;
  release(name: string): void;
  /** Reports that another tab holds a name, and once more when it no longer does; reports nothing when no tab does. */
  follow(name: string, report: { held(): void; freed(): void }): void;
  /** Releases everything and follows nothing any more. */
  reset(): void;
}

/** The locks of this tab. */
export function tabLocks(locks: LockManager | undefined = globalThis.navigator?.locks): TabLocks {
  const held = new Map<string, AbortController>();
  let following = new AbortController();
  if (locks === undefined) return { hold: nothing, release: nothing, follow: nothing, reset: nothing };
  return {
    hold(name) {
      if (held.has(name)) return;
      const released = new AbortController();
      held.set(name, released);
      void locks.request(name, async () => await aborted(released.signal));
    },
    release(name) {
      held.get(name)?.abort();
      held.delete(name);
    },
    follow(name, { held: isHeld, freed }) {
      const { signal } = following;
      const wait = async (): Promise<void> => {
        const free = await locks.request(name, { ifAvailable: true }, (lock) => lock !== null);
        if (free || signal.aborted) return;
        isHeld();
        await locks.request(name, { signal }, () => undefined);
        freed();
      };
      // a reset gives up the wait
      wait().catch(nothing);
    },
    reset() {
      for (const name of [...held.keys()]) this.release(name);
      following.abort();
      following = new AbortController();
    },
  };
}

function nothing(): void {}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
