/** Services, Ingresses and what else is about the network, in the ways in which people write them. */
import { field, METADATA, named } from './workload-shapes.ts';
import type { Shape } from './shape.ts';

const selector = { app: 'a' };
const port = (rest: object = {}): object => ({ port: 80, ...rest });
const backend = { service: { name: 'a', port: { number: 80 } } };
const rule = (path: object, rest: object = {}): object => ({ http: { paths: [{ backend, ...path }] }, ...rest });
const PATHS = [rule({ path: '/', pathType: 'Prefix' })];

/** All of them. */
export const NETWORK_SHAPES: readonly Shape[] = [
  {
    title: 'Service',
    isSerial: true,
    object: named('v1', 'Service', { spec: { selector, ports: [port()] } }),
    choices: [
      ...METADATA,
      [
        {},
        { 'spec.type': 'ClusterIP' },
        { 'spec.type': '' },
        { 'spec.type': 'NodePort' },
        { 'spec.type': 'NodePort', 'spec.ports': [port({ nodePort: 30987 })] },
        { 'spec.type': 'NodePort', 'spec.externalTrafficPolicy': 'Cluster' },
        { 'spec.type': 'LoadBalancer' },
        { 'spec.type': 'LoadBalancer', 'spec.externalTrafficPolicy': 'Local' },
        { 'spec.type': 'LoadBalancer', 'spec.loadBalancerClass': 'example.org/a' },
        { 'spec.type': 'LoadBalancer', 'spec.loadBalancerClass': 'example.org/b' },
        { 'spec.type': 'LoadBalancer', 'spec.allocateLoadBalancerNodePorts': false },
        { 'spec.type': 'LoadBalancer', 'spec.loadBalancerSourceRanges': ['10.0.0.0/8'] },
        {
          'spec.type': 'ExternalName',
          'spec.externalName': 'a.example',
          'spec.ports': undefined,
          'spec.selector': undefined,
        },
        { 'spec.type': 'ExternalName', 'spec.externalName': 'b.example' },
        { 'spec.clusterIP': 'None' },
        { 'spec.clusterIP': 'None', 'spec.publishNotReadyAddresses': true },
        { 'spec.clusterIP': '' },
        { 'spec.externalIPs': ['203.0.113.7'] },
      ],
      field(
        'spec.ports',
        [port({ protocol: 'TCP', targetPort: 80 })],
        [port({ name: 'http', targetPort: 'http' })],
        [port({ name: '', targetPort: 8080 })],
        [port({ targetPort: 0 })],
        [port({ name: 'http' }), { name: 'https', port: 443, targetPort: 443 }],
        [port({ name: 'http', appProtocol: 'http' })],
        [
          { name: 'dns', port: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53 },
        ],
      ),
      field('spec.sessionAffinity', 'None', 'ClientIP', ''),
      field('spec.internalTrafficPolicy', 'Cluster', 'Local'),
      field('spec.ipFamilyPolicy', 'SingleStack', 'PreferDualStack'),
      field('spec.ipFamilies', [], ['IPv4']),
      field('spec.publishNotReadyAddresses', false, true),
      field('spec.selector', {}, { app: 'b' }, null),
    ],
  },
  {
    title: 'Service with affinity',
    object: named('v1', 'Service', { spec: { selector, ports: [port()], sessionAffinity: 'ClientIP' } }),
    choices: [
      field(
        'spec.sessionAffinityConfig',
        {},
        { clientIP: {} },
        { clientIP: { timeoutSeconds: 10800 } },
        { clientIP: { timeoutSeconds: 60 } },
      ),
    ],
  },
  {
    title: 'Ingress',
    object: named('networking.k8s.io/v1', 'Ingress', { spec: { rules: PATHS } }),
    choices: [
      ...METADATA,
      field('spec.ingressClassName', 'traefik', 'nginx'),
      field(
        'spec.rules',
        [rule({ path: '/', pathType: 'ImplementationSpecific' })],
        [rule({ pathType: 'ImplementationSpecific' })],
        [rule({ path: '/', pathType: 'Prefix' }, { host: '' })],
        [rule({ path: '/', pathType: 'Prefix' }, { host: 'a.example' })],
        [
          rule(
            { path: '/', pathType: 'Exact', backend: { service: { name: 'a', port: { name: 'http' } } } },
            { host: 'a.example' },
          ),
        ],
      ),
      field('spec.tls', [], [{}], [{ secretName: 't' }], [{ hosts: ['a.example'], secretName: 't' }]),
      field('spec.defaultBackend', backend, { resource: { apiGroup: 'example.org', kind: 'Bucket', name: 'a' } }),
    ],
  },
  {
    title: 'IngressClass',
    object: named('networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'example.org/a' } }),
    choices: [
      ...METADATA,
      field('spec.controller', 'example.org/b'),
      field(
        'spec.parameters',
        { apiGroup: 'example.org', kind: 'P', name: 'p' },
        { kind: 'P', name: 'p', scope: 'Cluster' },
        { kind: 'P', name: 'p', scope: 'Namespace', namespace: 'default' },
      ),
    ],
  },
  {
    title: 'NetworkPolicy',
    object: named('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {} } }),
    choices: [
      ...METADATA,
      field('spec.podSelector', { matchLabels: {} }, { matchLabels: selector }, null),
      [
        {},
        { 'spec.policyTypes': [] },
        { 'spec.policyTypes': ['Ingress'] },
        { 'spec.policyTypes': ['Ingress', 'Egress'] },
        { 'spec.policyTypes': ['Egress'] },
      ],
      field(
        'spec.ingress',
        [],
        [{}],
        [{ from: [] }],
        [{ from: [{ podSelector: {} }] }],
        [{ ports: [{ port: 80 }], from: [{ namespaceSelector: {} }] }],
        [{ ports: [{ port: 80, protocol: 'TCP' }], from: [{ ipBlock: { cidr: '10.0.0.0/8', except: [] } }] }],
        [
          {
            ports: [
              { port: 'http', protocol: 'TCP' },
              { port: 8000, endPort: 8100 },
            ],
          },
        ],
      ),
      field(
        'spec.egress',
        [],
        [{}],
        [{ ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] }],
        [{ to: [{ podSelector: {} }] }],
      ),
    ],
  },
  {
    title: 'Endpoints',
    object: named('v1', 'Endpoints', { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] }),
    choices: [field('subsets', [], [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80, protocol: 'TCP' }] }])],
  },
  {
    title: 'EndpointSlice',
    object: named('discovery.k8s.io/v1', 'EndpointSlice', {
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'] }],
      ports: [{ port: 80 }],
    }),
    choices: [
      field('ports', [], [{ name: '', port: 80, protocol: 'TCP' }], [{ name: 'http', port: 80 }]),
      field(
        'endpoints',
        [{ addresses: ['10.0.0.2'], conditions: { ready: true } }],
        [{ addresses: ['10.0.0.1'], conditions: {} }],
      ),
      [{}, { addressType: 'IPv6', endpoints: [{ addresses: ['fd00::1'] }] }],
    ],
  },
];
