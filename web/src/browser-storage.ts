/** The browser's storages. A page may find them closed or full (site data blocked): then values last as long as the page. */

/** Values by name. */
export interface ValueStore {
  get(name: string): string | null;
  set(name: string, value: string): void;
  remove(name: string): void;
  names(): readonly string[];
}

/** Values of this device, which all tabs share. */
export const deviceStore: ValueStore = guardedStore(() => globalThis.localStorage);

/** Values of this tab, which outlive a reload. */
export const tabStore: ValueStore = guardedStore(() => globalThis.sessionStorage);

/** A store that never throws: what the storage refuses is remembered by the page alone. */
export function guardedStore(storage: () => Storage): ValueStore {
  const ofThePage = new Map<string, string>();
  return {
    get: (name) => ofThePage.get(name) ?? attempt(() => storage().getItem(name), null),
    set(name, value) {
      const stored = attempt(() => (storage().setItem(name, value), true), false);
      if (stored) ofThePage.delete(name);
      else ofThePage.set(name, value);
    },
    remove(name) {
      ofThePage.delete(name);
      attempt(() => storage().removeItem(name), undefined);
    },
    names: () => [...new Set([...ofThePage.keys(), ...attempt(() => namesIn(storage()), [])])],
  };
}

function namesIn(storage: Storage): readonly string[] {
  return Array.from({ length: storage.length }, (_, at) => storage.key(at)).filter((name) => name !== null);
}

function attempt<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch {
    return otherwise;
  }
}
