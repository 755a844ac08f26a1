import type { IConstruct } from 'constructs';
import { assertProps, required } from '#prop-shapes';
import { CONSTRUCT } from './object-shapes.ts';

/** Key of the metadata of a construct that holds rules. */
const METADATA = 'cdk8s-nats:silenced-rules';

/** Switches rules off for all objects below a construct: ids as in the brackets of a fault, or `all`. */
export function silenceRules(construct: IConstruct, ...rules: readonly string[]): void {
  const given = { construct, rules };
  assertProps(given, { construct: required(CONSTRUCT), rules: 'texts' }, 'silenceRules', 'silenceRules');
  construct.node.addMetadata(METADATA, rules);
}

/** Whether a construct or one above it has a rule switched off. */
export function isSilencedAbove(construct: IConstruct, rule: string): boolean {
  return construct.node.scopes.some((scope) =>
    scope.node.metadata.some(({ type, data }) => {
      const rules: unknown = type === METADATA ? data : [];
      return Array.isArray(rules) && (rules.includes(rule) || rules.includes('all'));
    }),
  );
}
