import { describe, expect, it } from 'vitest';
import { deploymentWith, faultsOf } from '#test-support/faults-of';

const RULES = ['field-missing', 'field-type', 'field-value', 'selector-form'];
const POD = '/spec/template/spec';
const pod = (spec: string): string => deploymentWith('', spec);
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const node = (terms: string): string => pod(`affinity: {nodeAffinity: {${REQUIRED}: {nodeSelectorTerms: ${terms}}}}`);
const NODE_TERM = `${POD}/affinity/nodeAffinity/${REQUIRED}/nodeSelectorTerms`;
const spread = (...constraints: readonly string[]): string =>
  pod(`topologySpreadConstraints: [${constraints.map((it) => `{${it}}`).join(', ')}]`);

describe('the API server refuses', () => {
  it.each([
    ['a toleration of nothing', pod('tolerations: [{effect: NoSchedule}]'), 'tolerations/0'],
    ['a value beside Exists', pod('tolerations: [{key: a, operator: Exists, value: b}]'), 'tolerations/0/value'],
    ['a value that is no label', pod('tolerations: [{key: a, value: "b c"}]'), 'tolerations/0/value'],
    ['a key that is no label', pod('tolerations: [{key: "a b"}]'), 'tolerations/0/key'],
    ['an operator that does not exist', pod('tolerations: [{key: a, operator: Exist}]'), 'tolerations/0/operator'],
    [
      'seconds without NoExecute',
      pod('tolerations: [{key: a, effect: NoSchedule, tolerationSeconds: 5}]'),
      'tolerations/0/tolerationSeconds',
    ],
    [
      'seconds for every effect',
      pod('tolerations: [{operator: Exists, tolerationSeconds: 5}]'),
      'tolerations/0/tolerationSeconds',
    ],
    [
      'a weight above 100',
      pod(`affinity: {nodeAffinity: {${PREFERRED}: [{weight: 101, preference: {}}]}}`),
      `affinity/nodeAffinity/${PREFERRED}/0/weight`,
    ],
    [
      'a topology key that is no label',
      pod(`affinity: {podAntiAffinity: {${REQUIRED}: [{topologyKey: 'a zone'}]}}`),
      `affinity/podAntiAffinity/${REQUIRED}/0/topologyKey`,
    ],
    [
      'an empty topology key',
      spread("topologyKey: '', maxSkew: 1, whenUnsatisfiable: DoNotSchedule"),
      'topologySpreadConstraints/0/topologyKey',
    ],
    [
      'a skew of 0',
      spread('topologyKey: zone, maxSkew: 0, whenUnsatisfiable: DoNotSchedule'),
      'topologySpreadConstraints/0/maxSkew',
    ],
    [
      'half a skew',
      spread('topologyKey: zone, maxSkew: 1.5, whenUnsatisfiable: DoNotSchedule'),
      'topologySpreadConstraints/0/maxSkew',
    ],
    [
      'a spread twice',
      spread(
        'topologyKey: zone, maxSkew: 1, whenUnsatisfiable: DoNotSchedule',
        'topologyKey: zone, maxSkew: 2, whenUnsatisfiable: DoNotSchedule',
      ),
      'topologySpreadConstraints/1',
    ],
    [
      'domains that nobody counts',
      spread('topologyKey: zone, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway, minDomains: 2'),
      'topologySpreadConstraints/0/minDomains',
    ],
  ])('%s', (_, text, pointer) => {
    expect(faultsOf(text, RULES)).toEqual([`field-value ${POD}/${pointer}`]);
  });

  it.each([
    ['no term', '[]', ''],
    ['In without values', '[{matchExpressions: [{key: a, operator: In}]}]', '/0/matchExpressions/0'],
    ['Exists with values', '[{matchExpressions: [{key: a, operator: Exists, values: [b]}]}]', '/0/matchExpressions/0'],
    ['Gt with two', "[{matchExpressions: [{key: a, operator: Gt, values: ['1', '2']}]}]", '/0/matchExpressions/0'],
    ['a key with a space', '[{matchExpressions: [{key: "a b", operator: Exists}]}]', '/0/matchExpressions/0/key'],
    ['a label among the fields', '[{matchFields: [{key: arch, operator: In, values: [x]}]}]', '/0/matchFields/0'],
  ])('a node affinity with %s', (_, terms, pointer) => {
    expect(faultsOf(node(terms), RULES)).toEqual([`field-value ${NODE_TERM}${pointer}`]);
  });

  it.each([
    ['every taint', 'tolerations: [{operator: Exists}]'],
    ['an eviction that waits', 'tolerations: [{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 5}]'],
    ['a taint without a value', 'tolerations: [{key: example.org/a, effect: NoSchedule}]'],
    ['what a tool puts in', 'tolerations: [{key: "${KEY}", value: "${VALUE} "}]'],
    [
      'zones and nodes',
      'topologySpreadConstraints: [{topologyKey: a, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, minDomains: 2}, {topologyKey: a, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway}]',
    ],
  ])('not %s', (_, spec) => {
    expect(faultsOf(pod(spec), RULES)).toEqual([]);
  });

  it('not nodes by names and numbers', () => {
    const terms =
      "[{matchExpressions: [{key: a, operator: Gt, values: ['4']}, {key: b, operator: NotIn, values: [x]}]}, {matchFields: [{key: metadata.name, operator: In, values: [n1]}]}]";
    expect(faultsOf(node(terms), RULES)).toEqual([]);
  });
});
