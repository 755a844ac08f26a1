/** What `cdk8s-nats diff` says of a change is what a real API server does: it refuses, replaces pods, changes, or does nothing. */
import { describe, expect, inject, it } from 'vitest';
import { KubeApi } from '#test-support/cluster/kube-api';
import { askedAll, judgedByDiff, judgedByServer, placed, type Verdict } from '#test-support/cluster/server-verdict';
import { useNamespace } from '#test-support/cluster/test-namespace';
import { SHAPES } from '#test-support/corpus/corpus';
import { builtPairs, type BuiltPair } from '#test-support/corpus/shape';
import { seededRandom } from '#test-support/shuffle';

const NAMESPACE = 'change-verdicts';
const SEED = 18;
/** Random changes of each shape, besides those of one choice alone. */
const MIXED = 12;
const FEWEST_PAIRS = 200;
const api = new KubeApi(inject('cluster').access);
const place = { api, namespace: NAMESPACE };
const judged: Verdict[] = [];

useNamespace(api, NAMESPACE);

describe('diff judges a change as the server does:', () => {
  it.each(SHAPES.map((shape) => [shape.title, shape] as const))('%s', async (_, shape) => {
    const pairs = builtPairs([shape], seededRandom(SEED), MIXED);
    const verdicts = await askedAll(pairs, verdictsOn, shape.isSerial === true ? 1 : undefined);
    expect(verdicts.flat().filter(({ diff, server }) => diff !== server)).toEqual([]);
  });

  it('and has been asked about every verdict, often enough', () => {
    expect(new Set(judged)).toEqual(new Set<Verdict>(['refused', 'pods replaced', 'changed in place', 'nothing']));
    expect(judged.length).toBeGreaterThan(FEWEST_PAIRS);
  });
});

/** Both verdicts on a pair of which both objects are valid by themselves. */
async function verdictsOn({ title, before, after, settled }: BuiltPair) {
  const [old, now] = [placed(before, place), placed(after, place)];
  const server = await judgedByServer(place, old, now, settled);
  if (server === undefined) return [];
  judged.push(server);
  return [{ title, diff: judgedByDiff(old, now), server }];
}
