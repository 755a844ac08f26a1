import { ApiObject, App, Chart, JsonPatch, Lazy } from 'cdk8s';
import type { ApiObjectProps, AppProps, ResolutionContext } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { plainObjectJson } from '../../src/synth/plain-object.ts';

afterEach(() => vi.unstubAllEnvs());

/** No objects without a prototype, which cdk8s does not render. */
const PLAIN = { noNullPrototype: true };
const texts = fc.dictionary(fc.string(), fc.string(), { ...PLAIN, maxKeys: 3 });
const jsonValue = fc.json({ maxDepth: 4 }).map((text): unknown => JSON.parse(text));
const drawnProps = fc
  .record({
    metadata: fc.record(
      {
        name: fc.string({ minLength: 1 }),
        namespace: fc.string(),
        labels: texts,
        annotations: texts,
        finalizers: fc.array(fc.string(), { maxLength: 2 }),
        ownerReferences: fc.array(
          fc.record({ apiVersion: fc.string(), kind: fc.string(), name: fc.string(), uid: fc.string() }, PLAIN),
          { maxLength: 1 },
        ),
        generation: fc.integer(),
        managed: jsonValue,
      },
      { ...PLAIN, requiredKeys: [] },
    ),
    spec: jsonValue,
    status: fc.constantFrom(undefined, null, {}, [], [undefined, null, [null]], -0, Number.NaN, 1e21),
    more: fc.dictionary(fc.string(), jsonValue, { ...PLAIN, maxKeys: 3 }),
  })
  .map(({ metadata, spec, status, more }): ApiObjectProps => {
    const props = { ...more, apiVersion: 'example.org/v1', kind: 'Thing', metadata, spec, status };
    return props as unknown as ApiObjectProps;
  });

it('renders plain objects as cdk8s does, the order of keys included', () => {
  let rendered = 0;
  fc.assert(
    fc.property(drawnProps, (props) => {
      const object = made(props);
      const json = plainObjectJson(object);
      if (json === undefined) return;
      rendered += 1;
      expect(JSON.stringify(json)).toBe(JSON.stringify(object.toJson()));
      expect(json).toEqual(object.toJson());
    }),
    { numRuns: 2000 },
  );
  // the few others name a key that JavaScript gives a meaning to
  expect(rendered).toBeGreaterThan(1500);
});

class Signed extends ApiObject {
  override toJson(): unknown {
    return { ...(super.toJson() as object), signed: true };
  }
}

const shout = { resolve: (context: ResolutionContext) => void context.value };
const nothing = { apiVersion: 'v1', kind: 'Thing' };

it.each<readonly [string, () => ApiObject]>([
  [
    'a value that is produced late',
    () => made({ ...nothing, spec: { late: Lazy.any({ produce: () => 1 }) } } as never),
  ],
  ['a token', () => made({ ...nothing, spec: [{ resolve: () => 1 }] } as never)],
  ['a class of values', () => made({ ...nothing, spec: { size: k8s.Quantity.fromString('1Gi') } } as never)],
  ['a date', () => made({ ...nothing, spec: new Date(0) } as never)],
  [
    'a late label',
    () => made({ ...nothing, metadata: { labels: { late: Lazy.any({ produce: () => 'x' }) as never } } }),
  ],
  ['an object of a class of its own', () => new Signed(chart(), 'thing', nothing)],
  ['an app with a resolver of its own', () => made(nothing, { resolvers: [shout] })],
  [
    'an object with a patch',
    () => {
      const object = made(nothing);
      object.addJsonPatch(JsonPatch.add('/spec', 1));
      return object;
    },
  ],
])('leaves %s to cdk8s', (_, make) => {
  expect(plainObjectJson(make())).toBeUndefined();
});

it.each(['CDK8S_NATS_RENDERING', 'CDK8S_DISABLE_SORT'])('leaves all to cdk8s when %s is set', (name) => {
  const object = made(nothing);
  expect(plainObjectJson(object)).toEqual(object.toJson());
  vi.stubEnv(name, 'cdk8s');
  expect(plainObjectJson(object)).toBeUndefined();
});

function made(props: ApiObjectProps, app: AppProps = {}): ApiObject {
  return new ApiObject(chart(app), 'thing', props);
}

function chart(app: AppProps = {}): Chart {
  return new Chart(new App(app), 'chart', { namespace: 'shop', labels: { 'drawn.from': 'fast-check' } });
}
