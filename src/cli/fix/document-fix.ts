/** Puts the `env` lists of one document in order, on its text, and proves afterwards that nothing else changed. */
import { isDeepStrictEqual } from 'node:util';
import { envOrder, type Orderable } from '#env';
import { contentOf, objectsOf, parseDocuments, UnreadableError, type DocumentText } from '#manifest-source';
import { envLists, type EnvList } from './env-lists.ts';
import { permutationEdits, type Edit } from './permutation.ts';

/** A list that has no right order, or whose text cannot be changed without changing more. */
export interface Refusal {
  /** Who it is of, such as `Deployment/auth container auth`. */
  readonly place: string;
  /** Why, and the way out. */
  readonly reason: string;
}

/** A text after it was put in order. */
export interface FixedText {
  readonly text: string;
  readonly refused: readonly Refusal[];
  /** Who the lists are of that were put in order. */
  readonly fixed: readonly string[];
  /** How many objects the text holds. */
  readonly objects: number;
}

/** A new order of a list and the edits that make it. */
interface Change {
  readonly list: EnvList;
  readonly entries: readonly unknown[];
  readonly edits: readonly Edit[];
}

/** Puts every list in order that has one. Throws `UnreadableError` when the text is no YAML. */
export function fixText(source: DocumentText, name: string): FixedText {
  const documents = parseDocuments(source, name);
  const contents = documents.map((document) => contentOf(document, source, name));
  const changes: Change[] = [];
  const refused: Refusal[] = [];
  for (const [index, document] of documents.entries()) {
    for (const list of envLists(document, contents[index])) {
      const change = changeOf(source.text, list);
      if (typeof change === 'string') refused.push({ place: list.place, reason: change });
      else if (change !== undefined) changes.push(change);
    }
  }
  const provable = isProven(source, name, contents, changes) ? changes : provableOf(source, name, contents, changes);
  const unproven = changes.filter((change) => !provable.includes(change));
  return {
    text: applied(source.text, provable),
    refused: [...refused, ...unproven.map(({ list }) => ({ place: list.place, reason: UNPROVEN }))],
    fixed: provable.map(({ list }) => list.place),
    objects: contents.reduce<number>((sum, content) => sum + objectsOf(content).length, 0),
  };
}

const UNPROVEN =
  'an anchor would end up after its alias, or a text without a final newline would change: reorder it by hand';
const UNCUT =
  'the list cannot be split into entries (a comment between brackets, or a dash that does not start its line): write one entry per line';

/** The change that a list needs: none, or the reason why it cannot be had. */
function changeOf(text: string, list: EnvList): Change | string | undefined {
  const entries = list.entries.map(orderable);
  const { entries: ordered, cycles } = envOrder(entries);
  if (cycles.length > 0) {
    return `${cycles.map((path) => path.join(' → ')).join(' and ')} is a cycle: remove one of the references`;
  }
  const order = ordered.map((entry) => entries.indexOf(entry));
  if (order.every((from, to) => from === to)) return undefined;
  const names = entries.map((entry) => entry.name);
  const twice = new Set(names.filter((name, index) => name !== '' && names.indexOf(name) !== index));
  if (twice.size > 0) return `${[...twice].join(', ')} occurs more than once in the list: keep one`;
  const edits = permutationEdits(text, list.node, order);
  return edits === undefined ? UNCUT : { list, edits, entries: order.map((from) => list.entries[from]) };
}

function orderable(entry: unknown): Orderable {
  const { name, value } = (entry ?? {}) as { readonly name?: unknown; readonly value?: unknown };
  return { name: typeof name === 'string' ? name : '', value: typeof value === 'string' ? value : undefined };
}

function applied(text: string, changes: readonly Change[]): string {
  const edits = changes.flatMap((change) => change.edits).sort((a, b) => a.from - b.from);
  const pieces = edits.map((edit, index) => text.slice(edits[index - 1]?.to ?? 0, edit.from) + edit.text);
  return pieces.join('') + text.slice(edits.at(-1)?.to ?? 0);
}

/** Those changes that hold each by itself and together with the ones before it. */
function provableOf(
  source: DocumentText,
  name: string,
  contents: readonly unknown[],
  changes: readonly Change[],
): readonly Change[] {
  return changes.reduce<readonly Change[]>(
    (held, change) => (isProven(source, name, contents, [...held, change]) ? [...held, change] : held),
    [],
  );
}

/** Whether the text after some changes says the same as before, but for the order of their lists. */
function isProven(
  source: DocumentText,
  name: string,
  contents: readonly unknown[],
  changes: readonly Change[],
): boolean {
  if (changes.length === 0) return true;
  const text = applied(source.text, changes);
  if (text.length !== source.text.length) return false;
  const lists = new Map(changes.map(({ list, entries }) => [list.entries as unknown, entries as unknown]));
  try {
    const after = parseDocuments({ ...source, text }, name).map((document) => contentOf(document, source, name));
    return isDeepStrictEqual(after, replaced(contents, lists));
  } catch (error) {
    if (error instanceof UnreadableError) return false;
    throw error;
  }
}

/** A copy of plain data in which some values are replaced. What aliases share is copied once. */
function replaced(
  value: unknown,
  replacements: ReadonlyMap<unknown, unknown>,
  copies = new Map<unknown, unknown>(),
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = replacements.get(value) ?? copies.get(value);
  if (known !== undefined) return known;
  const copy = Array.isArray(value)
    ? value.map((item) => replaced(item, replacements, copies))
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, replacements, copies)]));
  copies.set(value, copy);
  return copy;
}
