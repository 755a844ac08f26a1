/** Checks what is typed by the contract's own schema, and says in words what is wrong. */
import type * as z from 'zod';
import type { Faults } from './form.ts';

/** A check of a form's values by a schema of the contracts; only for pages that are loaded when needed, since zod comes along. */
export function checkedBy<Values extends object>(schema: z.ZodType): (values: Values) => Faults<Values> {
  return (values) => {
    const result = schema.safeParse(values);
    if (result.success) return {};
    const faults: Record<string, string> = {};
    for (const issue of result.error.issues) {
      const name = String(issue.path[0] ?? '');
      faults[name] ??= issueWords(issue, (values as Readonly<Record<string, unknown>>)[name]);
    }
    return faults as Faults<Values>;
  };
}

function issueWords(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === '' || value === undefined) return 'Fill this in';
  if (issue.code === 'too_small') return `At least ${issue.minimum} characters`;
  if (issue.code === 'too_big') return `At most ${issue.maximum} characters`;
  if (issue.code === 'invalid_format' && issue.format === 'email') return 'This is not an e-mail address';
  return issue.message.charAt(0).toUpperCase() + issue.message.slice(1);
}
