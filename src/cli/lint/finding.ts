import type { RuleId, Severity } from './rules.ts';

/** One thing that `lint` found. */
export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** Name of the source. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  /** `Deployment/auth`, with the namespace before it where one is stated: `shop/Deployment/auth`. */
  readonly object: string;
  /** Name of the container; undefined when it is about none. */
  readonly container: string | undefined;
  /** Value received, rule, and way out; lowercase, no full stop. */
  readonly message: string;
}

/** A finding before its place in the text is known. */
export interface Remark {
  readonly rule: RuleId;
  readonly container: string | undefined;
  readonly message: string;
  /** JSON pointer into the object. */
  readonly pointer: string;
}

/** Object and container of a finding in words. */
export function placeOf({ object, container }: Finding): string {
  return container === undefined ? object : `${object} container ${container}`;
}
