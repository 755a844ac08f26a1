/** `cdk8s-nats diff` of an object and what a real API server stores of it says: no difference. */
import { parse } from 'yaml';
import { describe, expect, inject, it } from 'vitest';
import { KubeApi, KubeApiError } from '#test-support/cluster/kube-api';
import type { WrittenObject } from '#test-support/cluster/sample-objects';
import { askedAll, differenceBetween, placed, storedBy, type Place } from '#test-support/cluster/server-verdict';
import { useNamespace } from '#test-support/cluster/test-namespace';
import { objectsIn, SHAPES, writtenObjects } from '#test-support/corpus/corpus';
import { builtObjects } from '#test-support/corpus/shape';
import { platformManifests } from '#test-support/platform-manifests';
import { renderedTemplate, type ChartValues } from '#test-support/rendered-chart';
import { seededRandom } from '#test-support/shuffle';
import { ha, k3s } from '#video-platform';
import { platformChart } from '../../deploy/helm/platform-chart.ts';

const NAMESPACE = 'stored-objects';
const SEED = 18;
/** Random objects of each shape, besides one for each way of saying something. */
const TOGETHER = 6;
const FEWEST_OBJECTS = 2000;
const api = new KubeApi(inject('cluster').access);
const place: Place = { api, namespace: NAMESPACE };
const refused: string[] = [];
let stored = 0;

useNamespace(api, NAMESPACE);

describe('diff finds no difference between an object and what the server stores of it:', () => {
  it.each(SHAPES.map((shape) => [shape.title, shape] as const))('built %s', async (_, shape) => {
    const objects = builtObjects([shape], TOGETHER, seededRandom(SEED)).map(({ object }) => object);
    expect(await wrongs(objects)).toEqual([]);
  });

  it('written in the shapes of public repositories', async () => {
    const objects = writtenObjects();
    expect(objects.length).toBeGreaterThan(50);
    expect(await wrongs(objects)).toEqual([]);
  });

  it.each([
    ['dist', k3s],
    ['the settings of three nodes', ha],
  ])('%s', async (_, settings) => {
    const { deployed, bootstrap } = platformManifests(settings);
    const objects = [...deployed, ...bootstrap].map((it) => JSON.parse(JSON.stringify(it)) as WrittenObject);
    // its policies and namespaces are not to be in force here
    expect(await wrongs(objects, { dryRun: true })).toEqual([]);
  });

  it('the chart of the platform', async () => {
    const chart = platformChart({ ...k3s, namespace: NAMESPACE });
    const values = parse(chart['values.yaml'] ?? '') as ChartValues;
    const templates = Object.entries(chart).filter(([file]) => /^templates\/\d.*\.yaml$/.test(file));
    const objects = templates.flatMap(([, text]) => objectsIn(renderedTemplate(text, { ...values, replicas: 2 })));
    expect(objects.length).toBeGreaterThan(30);
    expect(await wrongs(objects, { dryRun: true })).toEqual([]);
  });

  it('and that is asked of many, few of which were invalid', () => {
    expect(stored).toBeGreaterThan(FEWEST_OBJECTS);
    expect(refused.length).toBeLessThan(stored / 100);
  });
});

/** What diff says of each, where it says anything. */
async function wrongs(
  objects: readonly WrittenObject[],
  options: { readonly dryRun?: boolean } = {},
): Promise<readonly string[]> {
  const found = await askedAll(objects, async (object) => {
    const written = placed(object, place);
    try {
      const then = await storedBy(place, written, options);
      stored += 1;
      return [differenceBetween(written, then), differenceBetween(then, written)].filter((text) => text !== '');
    } catch (error) {
      // fields that exclude each other, put together at random
      if (!(error instanceof KubeApiError) || error.status !== 422) throw error;
      refused.push(error.message);
      return [];
    }
  });
  return found.flat();
}
