import { describe, expect, it } from 'vitest';
import { faultsOf } from '#test-support/faults-of';

const many = (count: number, entry: string): string => Array.from({ length: count }, () => entry).join(', ');
const route = (spec: string): string =>
  `{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a}, spec: {${spec}}}`;
const ingress = (rule: string): string =>
  `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {ingressClassName: x, rules: [{${rule}}]}}`;
const path = (fields: string): string =>
  ingress(`http: {paths: [{${fields}, backend: {service: {name: a, port: {number: 80}}}}]}`);
const PATH = '/spec/rules/0/http/paths/0/path';

describe('the API server refuses', () => {
  it.each([
    ['17 rules of an HTTPRoute', route(`rules: [${many(17, '{}')}]`), '/spec/rules'],
    ['17 hosts of an HTTPRoute', route(`hostnames: [${many(17, 'a.example')}]`), '/spec/hostnames'],
    [
      '17 backends of a rule',
      route(`rules: [{backendRefs: [${many(17, '{name: a, port: 80}')}]}]`),
      '/spec/rules/0/backendRefs',
    ],
    ['65 matches of a rule', route(`rules: [{matches: [${many(65, '{}')}]}]`), '/spec/rules/0/matches'],
    ['a host with a port', ingress("host: 'a.example:80'"), '/spec/rules/0/host'],
    ['a host in capitals', ingress('host: Shop.example'), '/spec/rules/0/host'],
    ['an address as a host', ingress('host: 10.0.0.1'), '/spec/rules/0/host'],
    ['a host with a scheme', route("hostnames: ['https://a.example']"), '/spec/hostnames/0'],
    ['a relative path', path('path: api, pathType: Prefix'), PATH],
    ['a path with two slashes', path('path: /a//b, pathType: Exact'), PATH],
    ['a path that climbs', path('path: /a/../b, pathType: Prefix'), PATH],
  ])('%s', (_, text, pointer) => {
    expect(faultsOf(text, ['field-value'])).toEqual([`field-value ${pointer}`]);
  });

  it.each([
    ['16 rules', route(`rules: [${many(16, '{}')}]`)],
    ['a wildcard', ingress("host: '*.shop.example'")],
    ['a pattern of the controller', path('path: "/api/(.*)", pathType: ImplementationSpecific')],
    ['a host that a tool puts in', ingress("host: '${HOST}'")],
  ])('not %s', (_, text) => {
    expect(faultsOf(text, ['field-value'])).toEqual([]);
  });
});
