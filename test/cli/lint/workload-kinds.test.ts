import { describe, expect, it } from 'vitest';
import { findingsIn } from './linting.ts';

const SPEC = {
  containers: [
    {
      name: 'main',
      env: [
        { name: 'A', value: '$(B)' },
        { name: 'B', value: 'x' },
      ],
    },
  ],
};
const METADATA = { name: 'shop' };
const TEMPLATE = { metadata: { labels: { app: 'shop' } }, spec: SPEC };
const ENDING = { ...TEMPLATE, spec: { ...SPEC, restartPolicy: 'Never' } };
const SELECTED = { selector: { matchLabels: { app: 'shop' } }, template: TEMPLATE };

const WORKLOADS: Readonly<Record<string, object>> = {
  Pod: { apiVersion: 'v1', spec: SPEC },
  Deployment: { apiVersion: 'apps/v1', spec: SELECTED },
  StatefulSet: { apiVersion: 'apps/v1', spec: SELECTED },
  DaemonSet: { apiVersion: 'apps/v1', spec: SELECTED },
  ReplicaSet: { apiVersion: 'apps/v1', spec: SELECTED },
  ReplicationController: { apiVersion: 'v1', spec: { selector: { app: 'shop' }, template: TEMPLATE } },
  Job: { apiVersion: 'batch/v1', spec: { template: ENDING } },
  CronJob: { apiVersion: 'batch/v1', spec: { jobTemplate: { spec: { template: ENDING } } } },
};

describe('lint reads', () => {
  it.each(Object.entries(WORKLOADS))('a %s', async (kind, workload) => {
    const findings = await findingsIn(JSON.stringify({ kind, metadata: METADATA, ...workload }));
    expect(findings.map(({ rule, object }) => [rule, object])).toEqual([['env-late', `${kind}/shop`]]);
  });

  it.each(['initContainers', 'ephemeralContainers'])('%s', async (list) => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: METADATA, spec: { [list]: SPEC.containers } };
    expect((await findingsIn(JSON.stringify(pod))).map(({ rule, container }) => [rule, container])).toEqual([
      ['env-late', 'main'],
    ]);
  });

  it('the items of a List, with the line of each', async () => {
    const item = `- apiVersion: v1
  kind: Pod
  metadata: {name: NAME}
  spec:
    containers:
    - name: main
      env:
      - {name: A, value: $(B)}
      - {name: B, value: x}
`;
    const text = `apiVersion: v1\nkind: List\nitems:\n${item.replace('NAME', 'one')}${item.replace('NAME', 'two')}`;
    const findings = await findingsIn(text);
    expect(findings.map(({ object, line, column }) => [object, line, column])).toEqual([
      ['Pod/one', 11, 26],
      ['Pod/two', 20, 26],
    ]);
  });

  it('values behind anchors, aliases and merge keys, and points at where they are written', async () => {
    const text = `apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  initContainers:
    - &base
      name: first
      env:
        - {name: A, value: $(B)}
        - {name: B, value: x}
  containers:
    - <<: *base
      name: second
`;
    expect((await findingsIn(text)).map(({ container, line }) => [container, line])).toEqual([
      ['first', 9],
      ['second', 9],
    ]);
  });

  it('quoted texts whose later lines stand further left than their key, as kubectl does', async () => {
    const text = `apiVersion: v1
kind: Pod
metadata:
  name: shop
  annotations:
    single: 'it is
  written
by a generator'
    double: "and
      again \\
   so"
spec:
  containers:
    - name: main
      env: [{name: A, value: $(B)}, {name: B, value: x}]
`;
    expect((await findingsIn(text)).map(({ rule, line }) => [rule, line])).toEqual([['env-late', 15]]);
  });

  it('over what it does not know: other kinds, nothing, lists, scalars, shapes that no server takes', async () => {
    const strange = [
      'apiVersion: example.dev/v1\nkind: Widget\nspec: {containers: 3}',
      '# nothing',
      '- 1\n- 2',
      'text',
      'apiVersion: v1\nkind: Pod\nspec: {containers: {a: 1}}',
      'apiVersion: v1\nkind: Pod\nspec: {containers: [null, 3, {env: {A: b}}, {env: [null, A, {value: x}, {name: 3}]}]}',
      'apiVersion: v1\nkind: List\nitems: [null, 3]',
      'kind: Deployment',
    ];
    expect(
      await findingsIn(
        strange.join('\n---\n'),
        '--complete',
        '--disable',
        'object-name,pod-name,workload-selector,field-type,field-missing',
      ),
    ).toEqual([]);
  });
});
