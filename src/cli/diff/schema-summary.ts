import type { FieldChange } from './field-changes.ts';

const SCHEMA = /^(spec\.(?:versions\[[^\]]+\]\.schema|validation))(?:\.openAPIV3Schema)?\.?(.*)$/;
/** Fields of a schema that are named. */
const MOST_NAMED = 3;

/** Changes, with those of the schema of a CustomResourceDefinition put into one each: generated schemas differ in hundreds of places. */
export function summarised(changes: readonly FieldChange[]): readonly FieldChange[] {
  const schemas = new Map<string, FieldChange[]>();
  const others: FieldChange[] = [];
  for (const change of changes) {
    const schema = SCHEMA.exec(change.field)?.[1];
    if (schema === undefined || change.field === schema) others.push(change);
    else schemas.set(schema, [...(schemas.get(schema) ?? []), change]);
  }
  return [...others, ...[...schemas].map(([field, list]) => summaryOf(field, list))];
}

function summaryOf(field: string, changes: readonly FieldChange[]): FieldChange {
  const [only] = changes;
  if (changes.length === 1 && only !== undefined) return only;
  const count = (state: string, list: readonly FieldChange[]): string[] =>
    list.length === 0 ? [] : [`${list.length} ${state} (${named(list)})`];
  const summary = [
    ...count(
      'new',
      changes.filter(({ before }) => before === undefined),
    ),
    ...count(
      'gone',
      changes.filter(({ after }) => after === undefined),
    ),
    ...count(
      'changed',
      changes.filter(({ before, after }) => before !== undefined && after !== undefined),
    ),
  ].join(', ');
  return { field, before: undefined, after: undefined, summary };
}

function named(changes: readonly FieldChange[]): string {
  const names = changes.map(({ field }) => SCHEMA.exec(field)?.[2] ?? field);
  const shown = names.slice(0, MOST_NAMED).map((name) => name.replaceAll('properties.', ''));
  return `${shown.join(', ')}${names.length > MOST_NAMED ? ', …' : ''}`;
}
