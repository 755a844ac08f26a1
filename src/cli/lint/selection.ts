/** Which rules are asked, and what the manifests themselves ask to be silent about. */
import { UsageError } from '../terminal/arguments.ts';
import { isRuleId, RULES, type RuleId } from './rules.ts';

export { isSilenced, SILENCE_ANNOTATION } from '#manifests';

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
