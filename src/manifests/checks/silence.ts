/** What objects ask the checks to be silent about. */
import type { Cursor } from '../cursor.ts';
import type { ManifestObject } from '../manifest-set.ts';

/** Annotation that silences rules for its object, or for the pods of a workload when it stands on their template. */
export const SILENCE_ANNOTATION = 'cdk8s-nats.dev/lint-disable';

/** Whether an annotation of the object silences a rule. */
export function isSilenced({ root }: ManifestObject, rule: string): boolean {
  const templates = [root, root.at('spec', 'template'), root.at('spec', 'jobTemplate', 'spec', 'template')];
  return templates.some((at) => silencedBy(at).some((id) => id === rule || id === 'all'));
}

function silencedBy(at: Cursor): readonly string[] {
  const text = at.at('metadata', 'annotations', SILENCE_ANNOTATION).text ?? '';
  return text.split(/[\s,]+/);
}
