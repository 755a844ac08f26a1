import { describe, expect, it } from 'vitest';
import { deploymentWith, faultsOf, messagesOf } from '#test-support/faults-of';

const RULES = ['field-missing', 'field-type', 'field-unknown', 'field-value'];
const POD = '/spec/template/spec';
const CONTAINER = `${POD}/containers/0`;
const deployment = (fields: string): string =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {}, ${fields}}}`;

describe('a field', () => {
  it.each([
    ['a number in quotes', deployment("replicas: '1'"), ['field-type /spec/replicas']],
    ['a boolean in quotes', deployment("paused: 'true'"), ['field-type /spec/paused']],
    ['envFrom as a map', deploymentWith('envFrom: {secretRef: {name: a}}'), [`field-type ${CONTAINER}/envFrom`]],
    ['env as a map', deploymentWith('env: {A: b}'), [`field-type ${CONTAINER}/env`]],
    ['args as a text', deploymentWith("args: '--a'"), [`field-type ${CONTAINER}/args`]],
    ['ports as a map', deploymentWith('ports: {containerPort: 80}'), [`field-type ${CONTAINER}/ports`]],
    ['a number among the words', deploymentWith('args: [--port, 80]'), [`field-type ${CONTAINER}/args/1`]],
    ['a boolean among the words', deploymentWith('command: [run, true]'), [`field-type ${CONTAINER}/command/1`]],
    [
      'a port in quotes',
      deploymentWith("ports: [{containerPort: '80'}]"),
      [`field-type ${CONTAINER}/ports/0/containerPort`],
    ],
    [
      'a probe figure in quotes',
      deploymentWith("livenessProbe: {periodSeconds: '5'}"),
      [`field-type ${CONTAINER}/livenessProbe/periodSeconds`],
    ],
    [
      'a user in quotes',
      deploymentWith('', "securityContext: {runAsUser: '1000'}"),
      [`field-type ${POD}/securityContext/runAsUser`],
    ],
    [
      'a number in a ConfigMap',
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {PORT: 80, ON: true, A: text}}',
      ['field-type /data/PORT', 'field-type /data/ON'],
    ],
    [
      'a number in an annotation',
      '{apiVersion: v1, kind: Service, metadata: {name: a, annotations: {x: 1}}}',
      ['field-type /metadata/annotations/x'],
    ],
    [
      'the schedule of a CronJob as a list',
      '{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {schedule: [1], jobTemplate: {}}}',
      ['field-type /spec/schedule'],
    ],
    ['half a replica', deployment('replicas: 1.5'), ['field-value /spec/replicas']],
    ['less than no replica', deployment('replicas: -1'), ['field-value /spec/replicas']],
    [
      'a port beyond all ports',
      deploymentWith('livenessProbe: {httpGet: {port: 70000}}'),
      [`field-value ${CONTAINER}/livenessProbe/httpGet/port`],
    ],
    [
      'a negative user',
      deploymentWith('', 'securityContext: {runAsUser: -1}'),
      [`field-value ${POD}/securityContext/runAsUser`],
    ],
    [
      'two sources of a volume',
      deploymentWith('', 'volumes: [{name: a, emptyDir: {}, secret: {secretName: b}}]'),
      [`field-value ${POD}/volumes/0`],
    ],
    [
      'a key with a space',
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {"a b": c}}',
      ['field-value /data/a b'],
    ],
    ['a name near to another', deployment('replica: 2'), ['field-unknown /spec/replica']],
    ['a plural', deploymentWith('port: [{containerPort: 80}]'), [`field-unknown ${CONTAINER}/port`]],
    ['other capitals', deploymentWith('', 'serviceaccountname: a'), [`field-unknown ${POD}/serviceaccountname`]],
    [
      'a slip in a probe',
      deploymentWith('readinessProbe: {periodSecond: 5}'),
      [`field-unknown ${CONTAINER}/readinessProbe/periodSecond`],
    ],
  ])('is told: %s', (_, text, faults) => {
    expect(faultsOf(text, RULES)).toEqual(faults);
  });

  it.each([
    [
      'one of a custom resource',
      '{apiVersion: example.dev/v1, kind: Deployment, metadata: {name: a}, spec: {replica: 2}}',
    ],
    [
      'a template that is not rendered',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {}, replicas: {{ .Values.n }}}',
    ],
    ['nothing', deployment('replicas: null')],
  ])('is not told: %s', (_, text) => {
    expect(faultsOf(text, RULES)).toEqual([]);
  });

  it.each([
    ['one near to it', deployment('replica: 2'), 'did you mean replicas'],
    [
      'the place further left that has it',
      deploymentWith('tolerations: []'),
      'it belongs beside containers, further left',
    ],
    ['the place below that has it', deploymentWith('', 'image: a'), 'did you mean containers[].image'],
    ['nothing', deployment('canaryAnalysis: {}'), 'remove it'],
  ])('that is unknown is told with %s', (_, text, hint) => {
    const [fault] = messagesOf(text, ['field-unknown']);
    expect(fault).toMatch(/unknown field .* \(Kubernetes 1\.\d+ has no such field\): /);
    expect(fault).toContain(hint);
  });

  it.each([
    [
      'a key of a Secret',
      deploymentWith('env: [{name: A, valueFrom: {secretKeyRef: {name: a}}}]'),
      'env/0/valueFrom/secretKeyRef',
      'field-missing',
    ],
    ['where to mount', deploymentWith('volumeMounts: [{name: a}]'), 'volumeMounts/0', 'field-missing'],
    ['a policy in small letters', deploymentWith('imagePullPolicy: always'), 'imagePullPolicy', 'field-value'],
    [
      'a protocol in small letters',
      deploymentWith('ports: [{containerPort: 80, protocol: tcp}]'),
      'ports/0/protocol',
      'field-value',
    ],
    ['a port too high', deploymentWith('ports: [{containerPort: 80000}]'), 'ports/0/containerPort', 'field-value'],
    [
      'a period of nothing',
      deploymentWith('livenessProbe: {periodSeconds: 0}'),
      'livenessProbe/periodSeconds',
      'field-value',
    ],
  ])('is told: %s', (_, text, place, rule) => {
    expect(faultsOf(text, RULES)).toEqual([`${rule} ${CONTAINER}/${place}`]);
  });

  it.each([
    [
      'a budget',
      '{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: a}, spec: {minavailable: 1}}',
      'field-unknown /spec/minavailable',
    ],
    [
      'a Role',
      "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: a}, rules: [{apiGroups: [''], resource: [pods], verbs: [get]}]}",
      'field-unknown /rules/0/resource',
    ],
    [
      'a policy',
      '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {}, policyTypes: [ingress]}}',
      'field-value /spec/policyTypes/0',
    ],
    ['an object', '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, Data: {a: b}}', 'field-unknown /Data'],
    [
      'a pod in a Rollout',
      '{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: a}, spec: {template: {spec: {containers: [{name: a, image: b, envs: []}]}}}}',
      'field-unknown /spec/template/spec/containers/0/envs',
    ],
  ])('is told in %s', (_, text, fault) => {
    expect(faultsOf(text, RULES)).toEqual([fault]);
  });
});
