import { describe, expect, it } from 'vitest';
import { deploymentWith, faultsOf, messagesOf } from '#test-support/faults-of';

const RULES = ['field-value', 'quantity', 'resources-range', 'resources-unlikely', 'memory-limit'];
const RESOURCES = '/spec/template/spec/containers/0/resources';
const claim = (storage: string): string =>
  `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {resources: {requests: {storage: ${storage}}}}}`;

describe('resources', () => {
  it.each([
    ['storage with B', claim('20GB'), 'quantity /spec/resources/requests/storage'],
    ['storage with a blank', claim("'20 Gi'"), 'quantity /spec/resources/requests/storage'],
    ['a negative amount', deploymentWith('resources: {requests: {cpu: -100m}}'), `quantity ${RESOURCES}/requests/cpu`],
    ['storage without a unit', claim('20'), 'resources-unlikely /spec/resources/requests/storage'],
    [
      'more memory than any node has',
      deploymentWith('resources: {requests: {memory: 512Ti}}'),
      `resources-unlikely ${RESOURCES}/requests/memory`,
    ],
    [
      'a target of an autoscaler',
      '{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {metrics: [{type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 200MB}}}]}}',
      'quantity /spec/metrics/0/resource/target/averageValue',
    ],
    [
      'a quota',
      '{apiVersion: v1, kind: ResourceQuota, metadata: {name: a}, spec: {hard: {limits.memory: 20GB}}}',
      'quantity /spec/hard/limits.memory',
    ],
    ['a word', deploymentWith('resources: {limits: {memory: big}}'), `quantity ${RESOURCES}/limits/memory`],
    [
      'a size of an empty folder',
      deploymentWith('', 'volumes: [{name: t, emptyDir: {sizeLimit: 1MB}}]'),
      'quantity /spec/template/spec/volumes/0/emptyDir/sizeLimit',
    ],
    [
      'a request above its limit, in other units',
      deploymentWith('resources: {requests: {cpu: 1}, limits: {cpu: 500m}}'),
      `resources-range ${RESOURCES}/requests/cpu`,
    ],
    [
      'cores without m',
      deploymentWith('resources: {requests: {cpu: 500}}'),
      `resources-unlikely ${RESOURCES}/requests/cpu`,
    ],
    [
      'bytes without a unit',
      deploymentWith('resources: {limits: {memory: 512}}'),
      `resources-unlikely ${RESOURCES}/limits/memory`,
    ],
    [
      'a fraction of a byte',
      deploymentWith('resources: {limits: {memory: 1073741824.5}}'),
      `resources-unlikely ${RESOURCES}/limits/memory`,
    ],
    [
      'a resource that does not exist',
      deploymentWith('resources: {limits: {memroy: 1Gi}}'),
      `field-value ${RESOURCES}/limits/memroy`,
    ],
    [
      'half a GPU',
      deploymentWith('resources: {limits: {nvidia.com/gpu: 500m}}'),
      `field-value ${RESOURCES}/limits/nvidia.com~1gpu`,
    ],
    [
      'a GPU without a limit',
      deploymentWith('resources: {requests: {nvidia.com/gpu: 1}}'),
      `field-value ${RESOURCES}/requests/nvidia.com~1gpu`,
    ],
    [
      'memory in thousandths',
      deploymentWith('resources: {limits: {memory: 512m}}'),
      `resources-unlikely ${RESOURCES}/limits/memory`,
    ],
  ])('are told: %s', (_, text, fault) => {
    expect(faultsOf(text, RULES)).toEqual([fault]);
  });

  it('suggest the number with the usual unit, whatever unit was written', () => {
    const words = (memory: string) => messagesOf(deploymentWith(`resources: {limits: {memory: ${memory}}}`), RULES);
    for (const memory of ['512', '512m', '512k']) {
      expect(words(memory)).toEqual([expect.stringMatching(/: did you mean 512Mi$/)]);
    }
  });

  it('let pass a claim of a megabyte, which has a unit', () => {
    expect(faultsOf(claim('1M'), RULES)).toEqual([]);
    expect(faultsOf(claim('512Ki'), RULES)).toEqual([]);
  });

  it.each([
    [
      'equal amounts in two spellings',
      'resources: {requests: {memory: 1024Mi, cpu: 0.5}, limits: {memory: 1Gi, cpu: 500m}}',
    ],
    ['exponents', 'resources: {requests: {memory: 1e9, cpu: 1E0}}'],
    ['a placeholder', "resources: {requests: {memory: '${MEMORY}'}}"],
  ])('are not told: %s', (_, container) => {
    expect(faultsOf(deploymentWith(container), RULES)).toEqual([]);
  });

  it('without a limit of memory are told where it is asked for', () => {
    const text = deploymentWith('resources: {limits: {cpu: 1}}');
    expect(faultsOf(text, RULES, { enable: ['memory-limit'] })).toEqual([
      'memory-limit /spec/template/spec/containers/0',
    ]);
  });
});
