/** Texts of ConfigMaps and Secrets that become variables: they are never expanded. */
import { referencesOf } from '#env';
import type { Cursor, ManifestObject, ManifestSet } from '#manifests';
import type { LintedContainer } from './containers.ts';
import type { Remark } from './finding.ts';
import { isMeantForKubelet } from './known-names.ts';

/** A remark for each text in which a variable of the container is named. */
export function plainTextRemarks(
  container: LintedContainer,
  object: ManifestObject,
  set: ManifestSet,
): readonly Remark[] {
  const texts = [...wholeTexts(container, object, set), ...singleTexts(container, object, set)];
  const names = new Set([...container.entries.map(({ name }) => name), ...texts.map(({ variable }) => variable)]);
  return texts.flatMap(({ variable, text, source, at }) =>
    referencesOf(text)
      .filter((name) => names.has(name) || isMeantForKubelet(name))
      .map((name): Remark => {
        const message = `$(${name}) in ${variable} is not expanded, because text from ${source} never is: define ${variable} in env with a value`;
        return { rule: 'text-not-expanded', container: container.name, message, pointer: at.pointer };
      }),
  );
}

/** A text that arrives as a variable. */
interface ArrivingText {
  readonly variable: string;
  readonly text: string;
  /** In words, such as `envFrom ConfigMap vars`. */
  readonly source: string;
  readonly at: Cursor;
}

function wholeTexts(container: LintedContainer, object: ManifestObject, set: ManifestSet): readonly ArrivingText[] {
  const covered = new Set(container.entries.map(({ name }) => name));
  return container.at.at('envFrom').items.flatMap((entry) => {
    const prefix = entry.at('prefix').text ?? '';
    return KINDS.flatMap(({ kind, whole }) => {
      const name = entry.at(whole, 'name').text;
      return Object.entries(textsOf(set, object, kind, name))
        .filter(([key]) => !covered.has(prefix + key))
        .map(([key, text]) => ({ variable: prefix + key, text, source: `envFrom ${kind} ${name ?? ''}`, at: entry }));
    });
  });
}

function singleTexts(container: LintedContainer, object: ManifestObject, set: ManifestSet): readonly ArrivingText[] {
  return container.entries.flatMap(({ name: variable, at }) =>
    KINDS.flatMap(({ kind, single }) => {
      const ref = at.at('valueFrom', single);
      const text = textsOf(set, object, kind, ref.at('name').text)[ref.at('key').text ?? ''];
      return text === undefined ? [] : [{ variable, text, source: `valueFrom ${kind}`, at }];
    }),
  );
}

const KINDS = [
  { kind: 'ConfigMap', whole: 'configMapRef', single: 'configMapKeyRef' },
  { kind: 'Secret', whole: 'secretRef', single: 'secretKeyRef' },
] as const;

function textsOf(
  set: ManifestSet,
  { namespace }: ManifestObject,
  kind: 'ConfigMap' | 'Secret',
  name: string | undefined,
): Readonly<Record<string, string>> {
  const made = name === undefined ? undefined : set.find(kind, namespace, name);
  if (made === undefined) return {};
  if (kind === 'ConfigMap') return made.root.at('data').strings;
  const decoded = Object.entries(made.root.at('data').strings).map(([key, text]) => [key, decodedText(text)]);
  return {
    ...(Object.fromEntries(decoded) as Readonly<Record<string, string>>),
    ...made.root.at('stringData').strings,
  };
}

/** The text of a value in `data` of a Secret; what is no text mentions nothing. */
function decodedText(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
