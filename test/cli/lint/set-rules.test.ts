import { describe, expect, it } from 'vitest';
import { findingsIn, rulesBroken } from './linting.ts';

const deployment = (name: string, replicas = 1): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: store}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: shop}}
  template: {metadata: {labels: {app: shop}}, spec: {containers: [{name: main, image: x}]}}
`;
const ingressTo = (service: string): string => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: edge, namespace: store}
spec: {ingressClassName: nginx, defaultBackend: {service: {name: shop, port: {number: 80}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: shop, namespace: store}, spec: {${service}}}
`;
const labelled = (apiVersion: string, label: string): string =>
  `{apiVersion: ${apiVersion}, kind: Group, metadata: {name: x, labels: {size: ${label}}}}\n`;
const service = (fields: string): string => `{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {${fields}}}\n`;
const versioned = (version: string): string =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: x-${version}}, spec: {selector: {matchLabels: {app: x, version: ${version}}}, template: {metadata: {labels: {app: x, version: ${version}}}, spec: {containers: [{name: a, image: x}]}}}}\n`;
const mounts = (namespace: string): string =>
  `{apiVersion: v1, kind: Pod, metadata: {name: x, namespace: ${namespace}}, spec: {containers: [{name: a, volumeMounts: [{name: data, mountPath: /d}]}]}}\n`;

describe('what objects say of each other', () => {
  it.each([
    [
      'labels in the place of a selector, said once',
      '{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: a}, spec: {maxUnavailable: 1, selector: {app: a}}}',
      ['selector-form'],
    ],
    ['two workloads with one selector', `${deployment('a')}---\n${deployment('b')}`, ['workload-selector-shared']],
    ['a port that the Service lacks', ingressTo('ports: [{port: 8080}]'), ['edge-port']],
    ['a label that is none', labelled('example.dev/v1', "'ends-'"), ['label-value']],
    ['a mount without its volume', mounts('store'), ['mount-without-volume']],
    ['a word in capitals', service('ports: [{port: 80, protocol: HTTP}]'), ['field-value']],
    ['a field that does not exist', service("typ: ''"), ['field-unknown']],
  ])('is told: %s', async (_, text, rules) => {
    expect(await rulesBroken(text)).toEqual(rules);
  });

  it.each([
    ['one that is scaled to nothing', `${deployment('a')}---\n${deployment('b', 0)}`],
    [
      'the name of a host outside, which has every port',
      ingressTo('type: ExternalName, externalName: shop.example.org'),
    ],
    ['a label in a file of a tool, which no API server reads', labelled('kops.k8s.io/v1alpha2', "'ends-'")],
    ['a field that a tool replaces', service("HELM_SERVICE_TYPE: ''")],
    ['a list that a tool puts in', service("ports: {HELM_SERVICE_PORTS: ''}")],
    ['an object whose namespace something still puts in', mounts('"FILLED BY THE OPERATOR"')],
  ])('is not told: %s', async (_, text) => {
    expect(await rulesBroken(text)).toEqual([]);
  });
});

describe('a complete set', () => {
  it('may have a Service before two versions of one app', async () => {
    const text = `${service('selector: {app: x}, ports: [{port: 80}]')}---\n${versioned('v1')}---\n${versioned('v2')}`;
    expect(await rulesBroken(text, '--complete', '-')).toEqual([]);
  });

  it('names the namespace of a ConfigMap that the reader does not see', async () => {
    const reader =
      '{apiVersion: v1, kind: Pod, metadata: {name: x, namespace: a}, spec: {containers: [{name: a, image: x, envFrom: [{configMapRef: {name: c}}]}]}}';
    const map = '{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: b}}';
    const messages = (await findingsIn(`${reader}\n---\n${map}\n`, '--complete', '-')).map(({ message }) => message);
    expect(messages).toEqual([expect.stringContaining('put both in one namespace, ConfigMap/c is in the namespace b')]);
  });
});
