import { describe, expect, it } from 'vitest';
import { deploymentWith, faultsOf } from '#test-support/faults-of';

const object = (apiVersion: string, kind: string, spec: string): string =>
  `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: a}, spec: {${spec}}}`;
const POD = '/spec/template/spec';

describe('a selector in the form of another field is told:', () => {
  it.each([
    ['labels of a Deployment', object('apps/v1', 'Deployment', 'selector: {app: b}'), '/spec/selector'],
    ['labels of a StatefulSet', object('apps/v1', 'StatefulSet', 'selector: {app: b}'), '/spec/selector'],
    [
      'labels beside matchLabels',
      object('apps/v1', 'DaemonSet', 'selector: {matchLabels: {a: b}, app: b}'),
      '/spec/selector',
    ],
    ['labels of a budget', object('policy/v1', 'PodDisruptionBudget', 'selector: {app: b}'), '/spec/selector'],
    [
      'labels of a policy',
      object('networking.k8s.io/v1', 'NetworkPolicy', 'podSelector: {app: b}'),
      '/spec/podSelector',
    ],
    [
      'labels of a peer',
      object(
        'networking.k8s.io/v1',
        'NetworkPolicy',
        'podSelector: {}, ingress: [{from: [{namespaceSelector: {team: b}}]}]',
      ),
      '/spec/ingress/0/from/0/namespaceSelector',
    ],
    [
      'labels of a Rollout',
      object('argoproj.io/v1alpha1', 'Rollout', 'selector: {app: b}, template: {}'),
      '/spec/selector',
    ],
    [
      'labels of a spread',
      deploymentWith('', 'topologySpreadConstraints: [{labelSelector: {app: b}}]'),
      `${POD}/topologySpreadConstraints/0/labelSelector`,
    ],
    ['matchLabels of a Service', object('v1', 'Service', 'selector: {matchLabels: {app: b}}'), '/spec/selector'],
    [
      'matchLabels of a controller',
      object('v1', 'ReplicationController', 'selector: {matchLabels: {app: b}}'),
      '/spec/selector',
    ],
  ])('%s', (_, text, pointer) => {
    expect(faultsOf(text, ['selector-form'])).toEqual([`selector-form ${pointer}`]);
  });

  it.each([
    ['no selector', object('apps/v1', 'Deployment', '')],
    ['an empty one', object('networking.k8s.io/v1', 'NetworkPolicy', 'podSelector: {}')],
    ['expressions', object('policy/v1', 'PodDisruptionBudget', 'selector: {matchExpressions: []}')],
    ['a label called matchLabels', object('v1', 'Service', 'selector: {matchLabels: yes-it-is}')],
    ['a custom resource', object('example.dev/v1', 'Deployment', 'selector: {app: b}')],
  ])('but not %s', (_, text) => {
    expect(faultsOf(text, ['selector-form'])).toEqual([]);
  });

  it.each([
    ['In without values', '{key: a, operator: In}', 1],
    ['NotIn without values', '{key: a, operator: NotIn, values: []}', 1],
    ['Exists with values', '{key: a, operator: Exists, values: [b]}', 1],
    ['In with values', '{key: a, operator: In, values: [b]}', 0],
    ['Exists', '{key: a, operator: Exists}', 0],
  ])('or an expression of which the values do not fit: %s', (_, expression, count) => {
    const text = object('policy/v1', 'PodDisruptionBudget', `selector: {matchExpressions: [${expression}]}`);
    expect(faultsOf(text, ['selector-form'])).toHaveLength(count);
  });
});
