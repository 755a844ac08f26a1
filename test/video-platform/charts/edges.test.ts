import { describe, expect, it } from 'vitest';
import { SERVICES } from '#catalog';
import { Edge, manifestFaults } from '#constructs';
import { k3s, type PlatformSettings } from '#video-platform';
import { look } from '#test-support/rendered';
import { platformManifests } from '#test-support/platform-manifests';

const alb = Edge.awsLoadBalancer({ cidrs: ['10.0.1.0/24', '10.0.2.0/24'] });
// its certificate is in ACM
const { tlsSecret: _, ...withoutTls } = k3s;
const variants: readonly [string, PlatformSettings][] = [
  ['nginx', { ...k3s, ingressClass: 'nginx' }],
  ['cilium', { ...k3s, ingressClass: 'cilium' }],
  ['alb', { ...withoutTls, edge: alb }],
  ['eg', { ...k3s, edge: Edge.envoyGateway() }],
];

/** The platform of a place, with the faults of the checks in it. */
function platform(settings: PlatformSettings) {
  const { deployed, bootstrap } = platformManifests(settings);
  const manifests = [...deployed, ...bootstrap];
  const placed = manifests.map((manifest) => ({ path: '', manifest }));
  return { manifests, faults: manifestFaults(placed, { declarations: SERVICES }) };
}

describe.each(variants)('the platform behind %s', (className, settings) => {
  it('lets its edge reach every routed service, and passes every check', () => {
    const { manifests, faults } = platform(settings);
    expect(faults.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
    const classes = manifests
      .map(({ spec }) => spec as { readonly ingressClassName?: string; readonly gatewayClassName?: string } | undefined)
      .flatMap((spec) => spec?.ingressClassName ?? spec?.gatewayClassName ?? []);
    expect(classes).toEqual([className]);
  });

  it('is refused with the policies of the Traefik of k3s', () => {
    const { manifests } = platform(settings);
    const { object } = look(platform(k3s).manifests);
    const old = manifests
      .filter(({ kind }) => kind !== 'CiliumNetworkPolicy')
      .map((manifest) =>
        manifest.kind === 'NetworkPolicy' ? object(`NetworkPolicy/${manifest.metadata.name}`).value : manifest,
      );
    const faults = manifestFaults(old.map((manifest) => ({ path: '', manifest })));
    const blocked = faults.filter(({ rule }) => rule === 'network-policy-edge').map(({ message }) => message);
    const routed = SERVICES.filter(({ route }) => route !== undefined);
    for (const { name } of routed) expect(blocked.join('\n')).toContain(`Deployment/${name} `);
  });
});
