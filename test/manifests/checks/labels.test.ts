import { describe, expect, it } from 'vitest';
import { deploymentWith, faultsOf } from '#test-support/faults-of';

const RULES = ['label-key', 'label-value'];
const service = (metadata: string, selector = 'a: b'): string =>
  `{apiVersion: v1, kind: Service, metadata: {name: a, ${metadata}}, spec: {selector: {${selector}}}}`;

describe('labels and annotations', () => {
  it.each([
    ['a value with a blank', service("labels: {team: 'a b'}"), 'label-value /metadata/labels/team'],
    ['a value that is selected', service('labels: {}', "team: 'a b'"), 'label-value /spec/selector/team'],
    [
      'a node that is selected',
      deploymentWith('', "nodeSelector: {disk: 'fast ssd'}"),
      'label-value /spec/template/spec/nodeSelector/disk',
    ],
    [
      'a value of an expression',
      "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {matchExpressions: [{key: a, operator: In, values: [b, 'b c']}]}}}",
      'label-value /spec/podSelector/matchExpressions/0/values/1',
    ],
    ['a key with two slashes', service('labels: {a/b/c: d}'), 'label-key /metadata/labels/a~1b~1c'],
    ['a key with a blank', service("annotations: {'a b': c}"), 'label-key /metadata/annotations/a b'],
    ['a prefix with capitals', service('labels: {Example.org/a: b}'), 'label-key /metadata/labels/Example.org~1a'],
    [
      'a key too long',
      service(`annotations: {${'a'.repeat(64)}: b}`),
      `label-key /metadata/annotations/${'a'.repeat(64)}`,
    ],
    [
      'a key of a custom resource',
      "{apiVersion: example.dev/v1, kind: Shop, metadata: {name: a, labels: {'-a': b}}}",
      'label-key /metadata/labels/-a',
    ],
  ])('are told: %s', (_, text, fault) => {
    expect(faultsOf(text, RULES)).toEqual([fault]);
  });

  it.each([
    [
      'common ones',
      service('labels: {app.kubernetes.io/name: a_b.C, empty: ""}, annotations: {Example.org/a: "any, text"}'),
    ],
    ['data that is called so', '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {labels: "a b"}}'],
  ])('are not told: %s', (_, text) => {
    expect(faultsOf(text, RULES)).toEqual([]);
  });
});
