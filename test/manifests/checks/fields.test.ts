import { describe, expect, it } from 'vitest';
import { deploymentWith, faultsOf } from '#test-support/faults-of';

const RULES = ['field-type', 'field-unknown'];
const POD = '/spec/template/spec';
const CONTAINER = `${POD}/containers/0`;
const deployment = (fields: string): string =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {${fields}}}`;

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
      '{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {schedule: [1]}}',
      ['field-type /spec/schedule'],
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
    ['one that only a newer server may know', deployment('canaryAnalysis: {}')],
    [
      'one of a custom resource',
      '{apiVersion: example.dev/v1, kind: Deployment, metadata: {name: a}, spec: {replica: 2}}',
    ],
    [
      'a template that is not rendered',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: {{ .Values.n }}}',
    ],
    ['nothing', deployment('replicas: null')],
  ])('is not told: %s', (_, text) => {
    expect(faultsOf(text, RULES)).toEqual([]);
  });
});
