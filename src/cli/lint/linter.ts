/**
 * Judges documents while they arrive. What one object tells by itself is said at once; what depends on others is said
 * at the end, and until then only the object as plain data and its text are kept.
 */
import { LineCounter } from 'yaml';
import { manifestSet } from '#manifests';
import type { ManifestObject, ManifestSet, PlacedManifest, PodTemplate } from '#manifests';
import {
  contentOf,
  DocumentNodes,
  documentTexts,
  Locator,
  objectsOf,
  parseDocuments,
  UnreadableError,
  type DocumentText,
  type TextSource,
} from '#manifest-source';
import { commandRemarks } from './command-rules.ts';
import { containersOf, sourcesOf, type LintedContainer } from './containers.ts';
import { dependsOnSet, environmentRemarks, type Surroundings } from './environment-rules.ts';
import type { Finding, Remark } from './finding.ts';
import { keysTwice } from './keys-twice.ts';
import { KustomizeInputs } from './kustomization.ts';
import { plainTextRemarks } from './plain-text-rules.ts';
import { RULES, type RuleId } from './rules.ts';
import { isSilenced } from './selection.ts';
import { setRemarks } from './set-rules.ts';

/** How `lint` judges. */
export interface LintOptions {
  readonly rules: ReadonlySet<RuleId>;
  /** Whether all sources are one set that holds everything; else each source is a set that may lack things. */
  readonly complete: boolean;
}

/** What comes out of a run, one by one. */
export type LintEvent =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'unreadable'; readonly message: string }
  | { readonly kind: 'read'; readonly objects: number };

/** An object that was read and where its text is. */
interface LintedObject {
  readonly manifest: Readonly<Record<string, unknown>>;
  /** The object by itself. */
  readonly judged: ManifestObject;
  readonly pointer: string;
  readonly file: string;
  readonly text: DocumentText;
  readonly document: number;
  readonly unfinished: boolean;
}

/** An object of which everything was said that it tells by itself. */
interface ToldObject extends LintedObject {
  /** What was said. */
  readonly told: ReadonlySet<string>;
  /** Pointers of containers whose environment has no more to tell, whatever else the set holds. */
  readonly settled: ReadonlySet<string>;
}

function keyOf({ rule, pointer }: Remark): string {
  return `${rule} ${pointer}`;
}

/**
 * Judges sources one after the other; a source that cannot be read does not keep the others from being judged. A source is
 * a set by itself, as folders hold alternatives too, unless all of them are said to be one.
 */
export async function* lint(sources: readonly TextSource[], options: LintOptions): AsyncGenerator<LintEvent> {
  const kustomize = new KustomizeInputs();
  let set: ToldObject[] = [];
  for (const source of sources) {
    try {
      for await (const text of documentTexts(source)) {
        const objects = readObjects(text, source, kustomize.holds(source.path));
        yield { kind: 'read', objects: objects.length };
        for (const { object, positionOf, twice } of objects) {
          const { remarks, settled } = aloneRemarks(object);
          set.push({ ...object, told: new Set(remarks.map(keyOf)), settled });
          yield* findings(object, [...twice, ...remarks], positionOf, options);
        }
      }
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      yield { kind: 'unreadable', message: error.message };
    }
    if (options.complete) continue;
    yield* togetherFindings(set, options);
    set = [];
  }
  yield* togetherFindings(set, options);
}

type PositionOf = (pointer: string) => { readonly line: number; readonly column: number };

function readObjects(
  text: DocumentText,
  source: TextSource,
  unfinished: boolean,
): { readonly object: LintedObject; readonly positionOf: PositionOf; readonly twice: readonly Remark[] }[] {
  const lineCounter = new LineCounter();
  return parseDocuments(text, source.name, lineCounter).flatMap((document, index) => {
    const nodes = new DocumentNodes(document);
    const positionOf = (pointer: string) => {
      const { line, col } = lineCounter.linePos(nodes.at(pointer)?.range?.[0] ?? 0);
      return { line: text.linesBefore + Math.max(line, 1), column: Math.max(col, 1) };
    };
    const twice = keysTwice(document, positionOf);
    return objectsOf(contentOf(document, text, source.name)).flatMap(({ manifest, pointer }) => {
      const [judged] = manifestSet([{ path: source.name, manifest }]).objects;
      if (judged === undefined) return [];
      return {
        object: { manifest, judged, pointer, file: source.name, text, document: index, unfinished },
        positionOf,
        twice: twice.flatMap((remark) =>
          remark.pointer.startsWith(`${pointer}/`)
            ? [{ ...remark, pointer: remark.pointer.slice(pointer.length) }]
            : [],
        ),
      };
    });
  });
}

/** What an object tells by itself. */
function aloneRemarks(object: LintedObject): Pick<ToldObject, 'settled'> & { readonly remarks: readonly Remark[] } {
  const set = manifestSet([placed(object)]);
  const settled = new Set<string>();
  const remarks = set.templates.flatMap((pod) =>
    containersOf(pod).flatMap((container) => {
      const all = environmentRemarks(container, surroundings(container, pod, set, object, []));
      const certain = all.filter((remark) => !dependsOnSet(remark, container));
      if (certain.length === all.length && !container.at.at('envFrom').exists) settled.add(container.at.pointer);
      return certain;
    }),
  );
  return { remarks, settled };
}

/** What the environments and commands of a pod tell within its set. */
function podRemarks(
  pod: PodTemplate,
  set: ManifestSet,
  object: ToldObject,
  services: readonly string[],
): readonly Remark[] {
  return containersOf(pod).flatMap((container) => {
    const around = surroundings(container, pod, set, object, services);
    return [
      ...(object.settled.has(container.at.pointer) ? [] : environmentRemarks(container, around)),
      ...commandRemarks(container, around),
      ...plainTextRemarks(container, pod.object, set),
    ];
  });
}

function surroundings(
  container: LintedContainer,
  pod: PodTemplate,
  set: ManifestSet,
  object: LintedObject,
  services: readonly string[],
): Surroundings {
  return {
    envFrom: sourcesOf(container, pod.object, set),
    services,
    serviceLinks: pod.spec.at('enableServiceLinks').value !== false,
    // a controller adds variables of its own
    unfinished: object.unfinished || pod.embedded,
  };
}

/** What objects of one set tell together. Objects of a namespace are judged with each other alone, unless all are there. */
function* togetherFindings(objects: readonly ToldObject[], options: LintOptions): Generator<LintEvent> {
  const groups = new Map<string, ToldObject[]>();
  for (const object of objects) {
    const key = options.complete ? '' : object.judged.namespace;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(object);
  }
  for (const group of groups.values()) yield* groupFindings(group, options);
}

function* groupFindings(group: readonly ToldObject[], options: LintOptions): Generator<LintEvent> {
  const set = manifestSet(group.map(placed));
  const remarks = new Map<LintedObject, Remark[]>();
  const note = (index: number, remark: Remark): void => {
    const object = group[index];
    if (object === undefined) return;
    const known = remarks.get(object);
    if (known === undefined) remarks.set(object, [remark]);
    else known.push(remark);
  };
  const services = servicesByNamespace(set);
  for (const pod of set.templates) {
    const object = group[pod.object.index];
    if (object === undefined) continue;
    for (const remark of podRemarks(pod, set, object, services.get(pod.object.namespace) ?? [])) {
      if (!object.told.has(keyOf(remark))) note(pod.object.index, remark);
    }
  }
  // what is put together by kustomize is no set yet
  const unfinished = group.some((object) => object.unfinished);
  for (const { object, ...remark } of setRemarks(set, { enable: [...options.rules], unfinished })) {
    note(object, remark);
  }
  yield* locatedFindings(group, remarks, options);
}

function servicesByNamespace(set: ManifestSet): ReadonlyMap<string, readonly string[]> {
  const services = new Map<string, string[]>();
  for (const { namespace, name } of set.ofKind('Service')) {
    const known = services.get(namespace);
    if (known === undefined) services.set(namespace, [name]);
    else known.push(name);
  }
  return services;
}

/** Findings with their lines. A text is parsed again once, however many objects it holds. */
function* locatedFindings(
  group: readonly LintedObject[],
  remarks: ReadonlyMap<LintedObject, readonly Remark[]>,
  options: LintOptions,
): Generator<LintEvent> {
  let located: { readonly text: DocumentText; readonly locator: Locator } | undefined;
  for (const object of group) {
    const asked = (remarks.get(object) ?? []).filter(({ rule }) => options.rules.has(rule));
    if (asked.length === 0) continue;
    if (located?.text !== object.text) located = { text: object.text, locator: new Locator(object.text, object.file) };
    const { locator } = located;
    yield* findings(object, asked, (pointer) => locator.positionOf(object.document, pointer), options);
  }
}

function* findings(
  object: LintedObject,
  remarks: readonly Remark[],
  positionOf: PositionOf,
  { rules }: LintOptions,
): Generator<LintEvent> {
  const { judged } = object;
  for (const { rule, container, message, pointer } of remarks) {
    if (!rules.has(rule) || isSilenced(judged, rule)) continue;
    const position = positionOf(object.pointer + pointer);
    const { severity } = RULES[rule];
    const finding = { rule, severity, file: object.file, ...position, object: titleOf(judged), container, message };
    yield { kind: 'finding', finding };
  }
}

function titleOf({ kind, name, namespace }: ManifestObject): string {
  return namespace === '' ? `${kind}/${name}` : `${namespace}/${kind}/${name}`;
}

function placed({ file, manifest }: LintedObject): PlacedManifest {
  return { path: file, manifest };
}
