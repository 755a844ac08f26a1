/** Kinds that k3s and the Gateway API bring and a plain API server lacks: stubs that take any fields. */
import { eventually } from '../eventually.ts';
import type { KubeApi } from './kube-api.ts';

interface ForeignKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
}

const FOREIGN_KINDS: readonly ForeignKind[] = [
  { group: 'helm.cattle.io', version: 'v1', kind: 'HelmChartConfig', plural: 'helmchartconfigs', scope: 'Namespaced' },
  { group: 'traefik.io', version: 'v1alpha1', kind: 'Middleware', plural: 'middlewares', scope: 'Namespaced' },
  {
    group: 'gateway.networking.k8s.io',
    version: 'v1',
    kind: 'GatewayClass',
    plural: 'gatewayclasses',
    scope: 'Cluster',
  },
  { group: 'gateway.networking.k8s.io', version: 'v1', kind: 'Gateway', plural: 'gateways', scope: 'Namespaced' },
  { group: 'gateway.networking.k8s.io', version: 'v1', kind: 'HTTPRoute', plural: 'httproutes', scope: 'Namespaced' },
];
const KINDS_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const ESTABLISHED_WITHIN_MS = 30_000;

/** Adds the kinds, and the class of the edge that k3s has; fulfilled when objects of them can be made. */
export async function addForeignKinds(api: KubeApi): Promise<void> {
  for (const kind of FOREIGN_KINDS) await api.create(KINDS_PATH, definition(kind));
  await api.create('/apis/networking.k8s.io/v1/ingressclasses', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'traefik' },
    spec: { controller: 'traefik.io/ingress-controller' },
  });
  for (const { group, version, plural } of FOREIGN_KINDS) {
    await eventually(async () => void (await api.get(`/apis/${group}/${version}/${plural}`)), ESTABLISHED_WITHIN_MS);
  }
}

function definition({ group, version, kind, plural, scope }: ForeignKind): object {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const annotations = group.endsWith('.k8s.io') ? { 'api-approved.kubernetes.io': 'unapproved, a stub for tests' } : {};
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, annotations },
    spec: {
      group,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
}
