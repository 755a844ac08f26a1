/** What the API server takes of an Ingress, an HTTPRoute and a Gateway: how many, and which hosts and paths. */
import type { Cursor } from '../cursor.ts';
import { isHost } from '../host.ts';
import type { ManifestObject } from '../manifest-set.ts';
import { isUnrendered } from '../unrendered.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every Ingress, HTTPRoute and Gateway that the server refuses. */
export function edgeLimitFaults({ set }: CheckInput): readonly ManifestFault[] {
  return [
    ...set.ofKind('HTTPRoute').flatMap(routeFaults),
    ...set
      .ofKind('Gateway')
      .flatMap((gateway) => mostFaults(gateway, gateway.root.at('spec', 'listeners'), 64, 'use a second Gateway')),
    ...set.ofKind('Ingress').flatMap(ingressFaults),
  ];
}

/** Rules that one HTTPRoute may have. */
export const MOST_ROUTE_RULES = 16;

/** Limits of the schema of gateway.networking.k8s.io/v1. */
function routeFaults(route: ManifestObject): ManifestFault[] {
  const spec = route.root.at('spec');
  const rules = spec.at('rules');
  const split = 'split it into two HTTPRoutes';
  return [
    ...mostFaults(route, rules, MOST_ROUTE_RULES, split),
    ...mostFaults(route, spec.at('hostnames'), 16, split),
    ...mostFaults(route, spec.at('parentRefs'), 32, split),
    ...rules.items.flatMap((rule) => [
      ...mostFaults(route, rule.at('matches'), 64, 'split the rule into two'),
      ...mostFaults(route, rule.at('backendRefs'), 16, 'remove some'),
      ...mostFaults(route, rule.at('filters'), 16, 'remove some'),
    ]),
    ...spec.at('hostnames').items.flatMap((at) => hostFaults(route, at)),
  ];
}

function mostFaults(object: ManifestObject, at: Cursor, most: number, wayOut: string): ManifestFault[] {
  const count = at.items.length;
  if (count <= most) return [];
  const name = at.pointer.split('/').at(-1) ?? '';
  const message = `${name} has ${count} entries, but the API server takes at most ${most}: ${wayOut}`;
  return [faultAt(object, at, 'field-value', message)];
}

function ingressFaults(ingress: ManifestObject): ManifestFault[] {
  const spec = ingress.root.at('spec');
  const rules = spec.at('rules').items;
  const hosts = [
    ...rules.map((rule) => rule.at('host')),
    ...spec.at('tls').items.flatMap((it) => it.at('hosts').items),
  ];
  return [
    ...hosts.flatMap((at) => hostFaults(ingress, at)),
    ...rules.flatMap((rule) => rule.at('http', 'paths').items.flatMap((at) => pathFaults(ingress, at))),
  ];
}

function hostFaults(object: ManifestObject, at: Cursor): ManifestFault[] {
  const { text } = at;
  if (text === undefined || text === '' || isUnrendered(text) || isHost(text)) return [];
  const message = `host is ${JSON.stringify(text)}, must be a lower-case DNS name without scheme, port or path: write it like shop.example`;
  return [faultAt(object, at, 'field-value', message)];
}

/** A path that is compared element by element is absolute and has no dots; one by the implementation may be anything. */
function pathFaults(ingress: ManifestObject, entry: Cursor): ManifestFault[] {
  const at = entry.at('path');
  const { text } = at;
  const type = entry.at('pathType').text ?? '';
  if (text === undefined || !/^(?:Exact|Prefix)$/.test(type) || isUnrendered(text)) return [];
  if (text.startsWith('/') && !/\/\/|\/\.{1,2}(?:\/|$)|%2f/i.test(text)) return [];
  const message = `path is ${JSON.stringify(text)}, must start with / and hold no // or /../ with the pathType ${type}: write it like /api/shop`;
  return [faultAt(ingress, at, 'field-value', message)];
}
