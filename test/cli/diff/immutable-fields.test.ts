/** The verdicts of `diff` on the changes that test/cluster asks a real API server about. */
import { describe, expect, it } from 'vitest';
import { manifestSet } from '#manifests';
import { IMMUTABLE_CHANGES } from '#test-support/cluster/field-changes-immutable';
import { MUTABLE_CHANGES } from '#test-support/cluster/field-changes-mutable';
import type { FieldChangeCase } from '#test-support/cluster/field-change-case';
import { refusedChanges } from '../../../src/cli/diff/immutable-fields.ts';

function refused({ before, after }: FieldChangeCase): readonly string[] {
  const [old, now] = [before, after].map((manifest) => manifestSet([{ path: '', manifest }]).objects[0]);
  if (old === undefined || now === undefined) throw new Error('a case holds no object');
  return refusedChanges(old, now).map(({ field }) => field);
}

const titled = (cases: readonly FieldChangeCase[]) => cases.map((it) => [`${it.before.kind} ${it.field}`, it] as const);

describe('diff calls immutable', () => {
  it.each(titled(IMMUTABLE_CHANGES))('%s', (_, change) => {
    // a list is told by its items
    expect(refused(change).some((field) => field.startsWith(change.field))).toBe(true);
  });
});

describe('diff calls mutable', () => {
  it.each(titled(MUTABLE_CHANGES))('%s', (_, change) => {
    expect(refused(change)).toEqual([]);
  });
});
