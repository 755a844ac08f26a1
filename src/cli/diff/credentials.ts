/** Credentials in objects that are compared: that one changed is told, its value never. */
import { hideCredentials } from '#credential';
import { Cursor, type ManifestObject } from '#manifests';

/** Stands for what is not shown. */
export const HIDDEN = '(hidden)';

/** A text of which a part may not be shown: compared by its value, written without it. */
export class ConcealedText {
  readonly value: string;
  private readonly shown: string;

  constructor(value: string, shown: string) {
    this.value = value;
    this.shown = shown;
  }

  toJSON(): string {
    return this.shown;
  }
}

/** An object whose credentials are concealed, wherever they are written; of a Secret all values. */
export function concealed(object: ManifestObject): ManifestObject {
  const isSecret = object.kind === 'Secret' && object.group === '';
  const root = object.root.value as Data;
  const value = Object.fromEntries(
    Object.entries(root).map(([key, child]) => [
      key,
      isSecret && (key === 'data' || key === 'stringData') ? allConcealed(child) : concealedIn(child, key),
    ]),
  );
  return { ...object, root: new Cursor(value) };
}

type Data = Readonly<Record<string, unknown>>;

function allConcealed(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return data;
  const conceal = (value: unknown): ConcealedText => new ConcealedText(JSON.stringify(value), HIDDEN);
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, conceal(value)]));
}

function concealedIn(value: unknown, name: string): unknown {
  if (typeof value === 'string') {
    const shown = hideCredentials(name, value, HIDDEN);
    return shown === value ? value : new ConcealedText(value, shown);
  }
  if (Array.isArray(value)) return value.map((item: unknown, index) => concealedIn(item, optionBefore(value, index)));
  if (typeof value !== 'object' || value === null) return value;
  const entry = value as Data;
  // an entry of `env` is called by its name
  const called = typeof entry['name'] === 'string' ? entry['name'] : 'value';
  return Object.fromEntries(
    Object.entries(entry).map(([key, child]) => [key, concealedIn(child, key === 'value' ? called : key)]),
  );
}

/** The option for which a word of a command line is the value. */
function optionBefore(words: readonly unknown[], index: number): string {
  const before: unknown = words[index - 1];
  return typeof before === 'string' && /^--?[\w.-]+$/.test(before) ? before.replace(/^-+/, '') : '';
}
