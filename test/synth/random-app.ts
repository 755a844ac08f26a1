/** Apps of any shape, as fast-check makes them: what is drawn is data, from which the same app is built twice. */
import { ApiObject, App, Chart, JsonPatch, Lazy, YamlOutputType } from 'cdk8s';
import type { AppProps, ResolutionContext } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct, DependencyGroup } from 'constructs';
import type { IConstruct } from 'constructs';
import fc from 'fast-check';
import { yamlString } from './yaml-values.ts';

/** A construct of a random app; `parent` counts among those before it, 0 is the app. */
export interface DrawnConstruct {
  readonly kind: 'chart' | 'construct' | 'object' | 'config-map' | 'deployment';
  readonly id: string;
  readonly parent: number;
  readonly texts: readonly string[];
  readonly patch: 'none' | 'add' | 'remove' | 'copy' | 'failing';
  readonly value: 'plain' | 'lazy' | 'token' | 'custom' | 'quantity';
}

/** A random app. */
export interface DrawnApp {
  readonly type: YamlOutputType;
  readonly extension: string | undefined;
  readonly metadata: boolean;
  /** Whether the app has a resolver besides those of cdk8s. */
  readonly resolves: boolean;
  readonly constructs: readonly DrawnConstruct[];
  /** Who depends on whom, by index; backwards means that no circle comes of it in most apps. */
  readonly dependencies: readonly (readonly [number, number])[];
  readonly grouped: boolean;
  readonly faults: readonly number[];
}

const drawnConstruct: fc.Arbitrary<DrawnConstruct> = fc.record({
  kind: fc.constantFrom('chart', 'construct', 'object', 'object', 'config-map', 'deployment'),
  // numbers come first among the keys of a JavaScript object, whatever their order
  id: fc.constantFrom(
    'a',
    'b',
    'web',
    '10-nats',
    '7',
    '3',
    '12',
    'Default',
    'Resource',
    'With Space',
    'long-'.repeat(15),
  ),
  parent: fc.nat(12),
  texts: fc.array(yamlString, { maxLength: 3 }),
  patch: fc.constantFrom('none', 'none', 'none', 'add', 'remove', 'copy'),
  value: fc.constantFrom('plain', 'lazy', 'token', 'custom', 'quantity'),
});

/** Any app. */
export const drawnApp: fc.Arbitrary<DrawnApp> = fc.record({
  type: fc.constantFrom(
    YamlOutputType.FILE_PER_APP,
    YamlOutputType.FILE_PER_CHART,
    YamlOutputType.FILE_PER_RESOURCE,
    YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
  ),
  extension: fc.constantFrom(undefined, '.yaml', '.k8s.yml'),
  metadata: fc.boolean(),
  resolves: fc.boolean(),
  constructs: fc.array(drawnConstruct, { maxLength: 14 }),
  dependencies: fc.array(fc.tuple(fc.nat(14), fc.nat(14)), { maxLength: 5 }),
  grouped: fc.boolean(),
  faults: fc.constant([]),
});

/** Builds an app into a folder; the same drawing gives the same app. */
export function builtApp(drawn: DrawnApp, outdir: string): App {
  const props: AppProps = {
    outdir,
    yamlOutputType: drawn.type,
    recordConstructMetadata: drawn.metadata,
    resolvers: drawn.resolves ? [{ resolve: shout }] : [],
    ...(drawn.extension === undefined ? {} : { outputFileExtension: drawn.extension }),
  };
  const app = new App(props);
  const made: IConstruct[] = [app];
  for (const [index, construct] of drawn.constructs.entries()) {
    const parent = made[construct.parent % made.length] as Construct;
    const id = parent.node.tryFindChild(construct.id) === undefined ? construct.id : `${construct.id}${index}`;
    // objects stand in charts
    const inChart = parent.node.scopes.some((scope) => Chart.isChart(scope));
    made.push(make(parent, id, inChart ? construct : { ...construct, kind: 'chart' }));
  }
  for (const [from, to] of drawn.dependencies) {
    const [source, target] = [made[from % made.length], made[to % made.length]];
    if (source === undefined || target === undefined || source === app || target === app || source === target) continue;
    source.node.addDependency(drawn.grouped ? new DependencyGroup(target) : target);
  }
  for (const fault of drawn.faults) {
    const place = made[fault % made.length];
    place?.node.addValidation({ validate: () => [`fault ${fault}`, 'and another'] });
  }
  return app;
}

function make(parent: Construct, id: string, drawn: DrawnConstruct): Construct {
  switch (drawn.kind) {
    case 'chart':
      return new Chart(parent, id, { namespace: 'shop', labels: { 'drawn.from': 'fast-check' } });
    case 'construct':
      return new Construct(parent, id);
    case 'config-map':
      return new k8s.KubeConfigMap(parent, id, {
        data: data(drawn),
        metadata: { annotations: { note: textOf(drawn) } },
      });
    case 'deployment':
      return new k8s.KubeDeployment(parent, id, {
        spec: {
          selector: { matchLabels: { app: id } },
          template: {
            metadata: { labels: { app: id } },
            spec: {
              containers: [
                {
                  name: 'main',
                  args: [...drawn.texts],
                  env: Object.entries(data(drawn)).map(([name, value]) => ({ name, value })),
                  resources: { limits: { cpu: k8s.Quantity.fromNumber(1), memory: k8s.Quantity.fromString('1Gi') } },
                  livenessProbe: { httpGet: { port: k8s.IntOrString.fromNumber(8000) } },
                },
              ],
            },
          },
        },
      });
    case 'object':
      return patched(
        new ApiObject(parent, id, { apiVersion: 'example.org/v1', kind: 'Thing', spec: spec(drawn) }),
        drawn,
      );
  }
}

function spec(drawn: DrawnConstruct): Record<string, unknown> {
  const values = {
    plain: textOf(drawn),
    lazy: Lazy.any({ produce: () => ({ late: textOf(drawn), none: undefined, list: [1, null, 'x'] }) }),
    token: { resolve: () => [textOf(drawn), 0.5, -0, 1e21] },
    custom: { shout: textOf(drawn) },
    quantity: k8s.Quantity.fromString('2Gi'),
  };
  return { zulu: values[drawn.value], alpha: data(drawn), empty: {}, nothing: [], flag: false, gone: null };
}

function data(drawn: DrawnConstruct): Record<string, string> {
  return Object.fromEntries(drawn.texts.map((text, index) => [index === 1 ? text : `key-${index}`, text]));
}

function textOf(drawn: DrawnConstruct): string {
  return drawn.texts[0] ?? 'text';
}

function patched(object: ApiObject, { patch }: DrawnConstruct): ApiObject {
  const shared = { twice: ['one'] };
  const patches: Record<DrawnConstruct['patch'], readonly JsonPatch[]> = {
    none: [],
    add: [
      JsonPatch.add('/spec/added', shared),
      JsonPatch.add('/spec/again', shared),
      JsonPatch.add('/spec/null', null),
    ],
    remove: [JsonPatch.remove('/spec/flag')],
    copy: [JsonPatch.add('/spec/first', shared), JsonPatch.copy('/spec/first', '/spec/second')],
    failing: [JsonPatch.replace('/spec/not/there', 1)],
  };
  object.addJsonPatch(...patches[patch]);
  return object;
}

/** A resolver of the app's own. */
function shout(context: ResolutionContext): void {
  const value = context.value as { readonly shout?: unknown } | null;
  if (typeof value === 'object' && value !== null && typeof value.shout === 'string') {
    context.replaceValue(value.shout.toUpperCase());
  }
}
