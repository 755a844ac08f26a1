import { Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as constructs from '#constructs';
import {
  consume,
  declareService,
  DeclarationError,
  defineApi,
  defineMessage,
  defineStream,
  defineTopology,
  Env,
  secretKeys,
} from '#declare';
import { faultsOf } from '#test-support/store-chart';

const IMAGE = 'registry.example/shop/orders:1.4.2';

/** What JavaScript passes and the types refuse. */
type Untyped = (...args: readonly unknown[]) => unknown;
const untyped = (maker: unknown): Untyped => maker as Untyped;
type AnyConstruct = new (scope: Chart, id: string, props?: unknown) => unknown;

function make(kind: keyof typeof constructs, props: unknown): unknown {
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
  const construct = constructs[kind] as unknown as AnyConstruct;
  return new construct(chart, 'orders', props);
}
const service = (props: object) => () => make('NatsMicroservice', { image: IMAGE, ...props });

const created = defineMessage({ subject: 'shop.orders.created', payload: z.object({}) });

describe('without types', () => {
  it.each<[string, () => unknown, ...RegExp[]]>([
    [
      'no props',
      () => make('NatsMicroservice', undefined),
      /prop-type shop\/orders: the props of NatsMicroservice are undefined/,
    ],
    ['no image', () => make('NatsMicroservice', {}), /prop-missing shop\/orders: image is missing/],
    [
      'a prop that does not exist',
      service({ replica: 3 }),
      /prop-unknown shop\/orders: .* no prop replica: did you mean replicas/,
    ],
    ['arguments as a text', service({ args: '--x' }), /args is "--x", must be a list of strings/],
    ['a number among the arguments', service({ args: ['--port', 80] }), /args\[1\] is 80, must be a string/],
    ['a number for given', service({ given: 5 }), /given is 5, must be an object of strings/],
    ['a number in given', service({ env: [Env.given('A')], given: { A: 5 } }), /given\.A is 5, must be a string/],
    [
      'egress as a list of strings',
      service({ egress: ['10.0.0.0/8'] }),
      /egress\[0\] is "10.0.0.0\/8", must be an object/,
    ],
    [
      'a kind of envFrom in capitals',
      service({ envFrom: [{ kind: 'Secret', name: 'a' }] }),
      /envFrom\[0\]: kind is "Secret".* did you mean secret/,
    ],
    ['env as an object', service({ env: { A: 'b' } }), /env is an object, must be a list/],
    [
      'a text in env',
      service({ env: ['A=b'] }),
      /env-entry shop\/orders env env\[0\]: it is "A=b", must be a variable/,
    ],
    ['a number as a value', service({ env: [{ name: 'A', value: 5 }] }), /env A: value is 5, must be a string/],
    [
      'a slip of a source',
      service({ env: [{ name: 'A', valueFrom: { secretRef: { name: 'a', key: 'b' } } }] }),
      /source secretRef.* did you mean secretKeyRef/,
    ],
    ['an entry with both', service({ env: [{ name: 'A', value: 'b', valueFrom: {} }] }), /both value and valueFrom/],
    [
      'a message that is undefined',
      service({ publishes: [undefined] }),
      /publishes\[0\] is undefined, must be a message/,
    ],
    ['a message that is consumed without consume', service({ consumes: [created] }), /consumes\[0\]/],
    [
      'an ApiGateway without routes',
      () => make('ApiGateway', { className: 'traefik' }),
      /prop-missing shop\/orders: routes is missing/,
    ],
    [
      'a NatsServer without its topology',
      () => make('NatsServer', {}),
      /prop-missing shop\/orders: topology is missing/,
    ],
    ['a Redis without services', () => make('Redis', {}), /services is missing/],
    ['a Postgres without anything', () => make('Postgres', {}), /services is missing/, /database is missing/],
    [
      'a slip of a web frontend',
      () => make('WebFrontend', { image: IMAGE, imagePullSecret: [] }),
      /did you mean imagePullSecrets/,
    ],
    ['a slip of a deployer', () => make('Deployer', { tool: 'kubectl', delete: true }), /did you mean deletes/],
    ['a slip of the checks', () => make('ManifestChecks', { ignored: [] }), /did you mean ignore/],
    [
      'a policy that does not exist',
      () => make('ManifestChecks', { enable: ['image-tags'] }),
      /did you mean image-tag/,
    ],
    [
      'an edge without its app',
      () => untyped(constructs.declareEdge)('nginx'),
      /declareEdge: scope is "nginx", must be a construct: pass a chart or an app/,
    ],
    ['rules of nothing', () => untyped(constructs.silenceRules)(undefined, 'a'), /silenceRules: construct is missing/],
    ['Secrets of a folder', () => untyped(constructs.requiredSecrets)('dist'), /manifests is "dist", must be a list/],
    ['faults of nothing', () => untyped(constructs.manifestFaults)(undefined), /manifestFaults: manifests is missing/],
    [
      'faults of manifests without a place, which would be none',
      () => untyped(constructs.manifestFaults)([{ kind: 'Service' }]),
      /manifests\[0\] is an object, must be an object with path and manifest: write \{ path/,
    ],
    ['a namespace by its number', () => make('PlatformNamespace', { name: 5 }), /name is 5, must be a string/],
    [
      'a value that is undefined',
      () => untyped(Env.value)('A', undefined),
      /env-declaration Env\.value A: value is undefined/,
    ],
    [
      'a Secret without its key',
      () => untyped(Env.secret)('B', 'x'),
      /Env\.secret B: ref is "x", must be an object with name and key/,
    ],
    ['a Secret without a reference', () => untyped(Env.secret)('B'), /ref is undefined/],
    ['a reference without its key', () => untyped(Env.configMap)('B', { name: 'a' }), /ref\.key is undefined/],
    ['a field that is undefined', () => untyped(Env.field)('B'), /fieldPath is undefined/],
    ['options that are a text', () => untyped(Env.given)('B', 'x'), /options is "x", must be an object/],
    ['a variable without its name', () => untyped(Env.value)(5, 'x'), /name is 5, must be a string/],
    ['secretKeys of nothing', () => untyped(secretKeys)(undefined), /secret-keys secretKeys: secret is undefined/],
    ['a key that is undefined', () => untyped(secretKeys('a').key)(), /secretKeys a key: key is undefined/],
    [
      'a message without its payload',
      () => untyped(defineMessage)({ subject: 'a.b' }),
      /defineMessage a\.b: payload is missing/,
    ],
    [
      'a payload that is no schema',
      () => untyped(defineMessage)({ subject: 'a.b', payload: {} }),
      /payload has no ~standard\.validate/,
    ],
    [
      'a delivery that does not exist',
      () => untyped(defineMessage)({ subject: 'a.b', payload: z.string(), delivery: 'queue' }),
      /delivery is "queue"/,
    ],
    [
      'a stream without subjects',
      () => untyped(defineStream)({ name: 'A', subject: ['a.>'] }),
      /no prop subject: did you mean subjects/,
      /subjects is missing/,
    ],
    ['consume of nothing', () => untyped(consume)(undefined), /consume: message is undefined.*circle/],
    ['a policy that does not exist', () => untyped(consume)(created, { maxDelivers: 3 }), /did you mean maxDeliver/],
    ['a service without its name', () => untyped(declareService)({ env: [] }), /declareService: name is missing/],
    ['a topology without services', () => untyped(defineTopology)({ streams: [] }), /services is missing/],
    ['an API without routes', () => untyped(defineApi)('a'), /routes is missing/],
  ])('%s is one clear fault', (_, misuse, ...expected) => {
    expect(misuse).toThrow(DeclarationError);
    const faults = faultsOf(misuse);
    for (const pattern of expected) expect(faults).toContainEqual(expect.stringMatching(pattern));
  });

  it("Kubernetes' own entries of env are variables like others", () => {
    const built = make('NatsMicroservice', {
      image: IMAGE,
      env: [
        { name: 'URL', value: 'https://$(HOST)' },
        { name: 'HOST', value: 'example.org' },
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'a', key: 'b', optional: true } } },
        { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.memory' } } },
      ],
    }) as constructs.NatsMicroservice;
    const own = built.env.filter(({ name }) => !name.endsWith('_URL'));
    expect(own.map(({ name }) => name)).toEqual(['HOST', 'URL', 'TOKEN', 'POD', 'LIMIT']);
    expect(own[2]).toEqual({ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'a', key: 'b', optional: true } } });
  });

  it('a credential of the wrong type is not shown', () => {
    expect(faultsOf(service({ natsUrl: ['nats://a:hunter22hunter22@nats:4222'] })).join()).not.toContain('hunter22');
    expect(faultsOf(service({ args: '--password=hunter22hunter22' })).join()).not.toContain('hunter22');
  });

  it('the error says where the declaration is, and nothing of the library', () => {
    try {
      service({ replica: 3 })();
    } catch (error) {
      expect((error as Error).stack?.split('\n')).toHaveLength(2);
      expect((error as Error).stack).toMatch(/misuse\.test\.ts/);
      return;
    }
    throw new Error('nothing was thrown');
  });
});

describe('a path of a patch that matches nothing', () => {
  it.each([
    [
      '/metadata/labels/app.kubernetes.io/part-of',
      'write a slash inside a key as ~1: /metadata/labels/app.kubernetes.io~1part-of',
    ],
    ['/metadata/annotations/eks.amazonaws.com/role-arn', '/metadata/annotations/eks.amazonaws.com~1role-arn'],
    ['/spec/templat/spec/tty', 'did you mean /spec/template/spec/tty'],
  ])('%s is told with a hint', (path, hint) => {
    const faults = faultsOf(service({ patch: [{ op: 'replace', path, value: 'x' }] }));
    expect(faults).toEqual([expect.stringContaining(hint)]);
  });
});

describe('the name of a store', () => {
  it.each(['NatsServer', 'Redis', 'Postgres'] as const)('%s is the id of the construct', (kind) => {
    const props = {
      NatsServer: { topology: defineTopology({ streams: [], services: [] }) },
      Redis: { services: [] },
      Postgres: { services: [], database: 'shop' },
    }[kind];
    expect((make(kind, props) as { readonly app: string }).app).toBe('orders');
  });
});
