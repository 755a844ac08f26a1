/**
 * Templates from what synthesis gives for each number of replicas. Nothing of that number is known here: objects that are
 * the same for all are written once, a field that is the number itself becomes the value, and the rest stands under a
 * condition. So the chart renders what synthesis would have given, for every number that it allows.
 */
import { Yaml } from 'cdk8s';

/** An object as synthesis gives it. */
export interface SynthesizedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** Objects of one file, for one number of replicas. */
export interface Variant {
  readonly replicas: number;
  readonly objects: readonly SynthesizedObject[];
}

/** Stands in an object where the number of replicas goes; the templates hold an expression in its place. */
export const REPLICAS_MARK = 'mark-of-replicas';

/** Some numbers of replicas in a row, and what an object is for all of them. */
interface Group {
  readonly from: number;
  readonly to: number;
  readonly object: unknown;
}

/** The text of a template; `escape` is applied to what synthesis gave, before anything of Helm is put in. */
export function templateOf(variants: readonly Variant[], escape: (text: string) => string): string {
  const most = variants.at(-1);
  const names = new Set([...(most?.objects ?? []), ...variants.flatMap(({ objects }) => objects)].map(nameOf));
  const bounds = { least: variants[0]?.replicas, most: most?.replicas };
  return [...names]
    .flatMap((name) => groupsOf(name, variants).map((group) => documentOf(group, bounds, escape)))
    .join('');
}

function documentOf(
  { from, to, object }: Group,
  { least, most }: { readonly least: number | undefined; readonly most: number | undefined },
  escape: (text: string) => string,
): string {
  const text = `---\n${escape(Yaml.stringify(object))}`;
  const number = '(int .Values.replicas)';
  if (from === least && to === most) return text;
  const condition =
    from === to ? `eq ${number} ${from}` : from === least ? `le ${number} ${to}` : `ge ${number} ${from}`;
  if (from !== least && to !== most && from !== to)
    throw new Error(`no condition is made for ${from} to ${to} replicas`);
  return `{{- if ${condition} }}\n${text}{{- end }}\n`;
}

/** Neighbours are one group for as long as they differ in the number of replicas alone. */
function groupsOf(name: string, variants: readonly Variant[]): Group[] {
  const groups: Group[] = [];
  for (const { replicas, objects } of variants) {
    const object = objects.find((one) => nameOf(one) === name);
    if (object === undefined) continue;
    const last = groups.at(-1);
    const merged = last?.to === replicas - 1 ? merge(last.object, object, last.to, replicas) : undefined;
    if (last === undefined || merged === undefined) groups.push({ from: replicas, to: replicas, object });
    else groups.splice(-1, 1, { from: last.from, to: replicas, object: merged });
  }
  return groups;
}

/** One object for both, or undefined when they differ in more than the number. */
function merge(a: unknown, b: unknown, before: number, after: number): unknown {
  if (a === b) return a;
  if ((a === before || a === REPLICAS_MARK) && b === after) return REPLICAS_MARK;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return undefined;
  if (Array.isArray(a) !== Array.isArray(b)) return undefined;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  if (left.length !== right.length) return undefined;
  const entries = left.map(([key, value], i) => {
    const [otherKey, other] = right[i] ?? [];
    return [key, key === otherKey ? merge(value, other, before, after) : undefined] as const;
  });
  if (entries.some(([, value]) => value === undefined)) return undefined;
  return Array.isArray(a) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

function nameOf({ apiVersion, kind, metadata }: SynthesizedObject): string {
  return `${apiVersion} ${kind} ${metadata.name}`;
}
