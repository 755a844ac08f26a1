/** Which rules are asked, and what the manifests themselves ask to be silent about. */
import type { Cursor, ManifestObject } from '#manifests';
import { UsageError } from '../terminal/arguments.ts';
import { isRuleId, RULES, type RuleId } from './rules.ts';

/** Annotation that silences rules for its object, or for the pods of a workload when it stands on their template. */
export const SILENCE_ANNOTATION = 'cdk8s-nats.dev/lint-disable';

/** What the flags say of rules. */
export interface RuleFlags {
  readonly disable: readonly string[];
  readonly enable: readonly string[];
  /** Whether the set holds everything that its objects name. */
  readonly complete: boolean;
}

/** The rules that are asked. Throws a `UsageError` on an id that there is not. */
export function selectedRules({ disable, enable, complete }: RuleFlags): ReadonlySet<RuleId> {
  const strange = [...disable, ...enable].filter((id) => !isRuleId(id));
  if (strange.length > 0) throw new UsageError(`unknown rule ${strange.join(', ')}: run lint --rules for a list`);
  const ids = Object.keys(RULES) as RuleId[];
  return new Set(
    ids.filter((id) => {
      if (disable.includes(id)) return false;
      if (enable.includes(id) || RULES[id].applied === 'always') return true;
      return complete && RULES[id].applied === 'complete';
    }),
  );
}

/** Whether an annotation of the object silences a rule. */
export function isSilenced({ root }: ManifestObject, rule: RuleId): boolean {
  const templates = [root, root.at('spec', 'template'), root.at('spec', 'jobTemplate', 'spec', 'template')];
  return templates.some((at) => silencedBy(at).some((id) => id === rule || id === 'all'));
}

function silencedBy(at: Cursor): readonly string[] {
  const text = at.at('metadata', 'annotations', SILENCE_ANNOTATION).text ?? '';
  return text.split(/[\s,]+/);
}
