/** What `cdk8s-nats diff` calls immutable is what the API server refuses to change, and nothing else that is tried here. */
import { describe, expect, inject, it } from 'vitest';
import { manifestSet } from '#manifests';
import { IMMUTABLE_CHANGES } from '#test-support/cluster/field-changes-immutable';
import { MUTABLE_CHANGES } from '#test-support/cluster/field-changes-mutable';
import { pathOf, type FieldChangeCase } from '#test-support/cluster/field-change-case';
import { KubeApi, KubeApiError } from '#test-support/cluster/kube-api';
import { useNamespace } from '#test-support/cluster/test-namespace';
import { refusedChanges } from '../../src/cli/diff/immutable-fields.ts';

const NAMESPACE = 'field-changes';
/** How the server words that a change is what it refuses, and not the object as such. */
const REFUSAL = new RegExp(
  [
    'immutable',
    'may not change',
    'updates to .* are forbidden',
    'cannot change',
    'can ?not be less than',
    'may not be (changed|unset)',
    'is forbidden after creation',
    'pod updates may not',
    'must be less than or equal to previous value',
    'existing toleration can not be modified',
    'was previously a storage version',
    'can only be modified in tandem',
    // what the server itself had filled in stands in the way
    'rollingUpdate: .*(may not be specified when|only allowed for)',
  ].join('|'),
  'i',
);
const api = new KubeApi(inject('cluster').access);

useNamespace(api, NAMESPACE);

describe('the server refuses to change what diff calls immutable:', () => {
  it.each(IMMUTABLE_CHANGES.map((it) => [titleOf(it), it] as const))('%s', async (_title, change) => {
    // a list is told by its items
    expect(judgedByDiff(change).some((field) => field.startsWith(change.field))).toBe(true);
    expect(await judgedByServer(change)).toMatch(REFUSAL);
  });
});

describe('the server accepts a change of what diff calls mutable:', () => {
  it.each(MUTABLE_CHANGES.map((it) => [titleOf(it), it] as const))('%s', async (_title, change) => {
    expect(judgedByDiff(change)).toEqual([]);
    expect(await judgedByServer(change)).toBe('accepted');
  });
});

function titleOf({ before, field }: FieldChangeCase): string {
  return `${before.kind} ${field}`;
}

function judgedByDiff({ before, after }: FieldChangeCase): readonly string[] {
  const [old, now] = [before, after].map((manifest) => manifestSet([{ path: '', manifest }]).objects[0]);
  if (old === undefined || now === undefined) throw new Error('a case holds no object');
  return refusedChanges(old, now).map(({ field }) => field);
}

/** Applies the one, then tries the other; the object is gone afterwards. */
async function judgedByServer({ before, after, settled }: FieldChangeCase): Promise<string> {
  const path = pathOf(before, NAMESPACE);
  await api.apply(path, before);
  try {
    await settled?.(async () => await api.get(path));
    await api.apply(path, after, { dryRun: true });
    return 'accepted';
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 422) return error.message;
    throw error;
  } finally {
    await api.delete(path, { propagationPolicy: 'Background', gracePeriodSeconds: 0 });
  }
}
