import { describe, expect, it } from 'vitest';
import { deploymentWith, faultsOf } from '#test-support/faults-of';

const RULES = ['quantity', 'resources-range', 'resources-unlikely', 'memory-limit'];
const RESOURCES = '/spec/template/spec/containers/0/resources';
const claim = (storage: string): string =>
  `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {resources: {requests: {storage: ${storage}}}}}`;

describe('resources', () => {
  it.each([
    ['storage with B', claim('20GB'), 'quantity /spec/resources/requests/storage'],
    ['storage with a blank', claim("'20 Gi'"), 'quantity /spec/resources/requests/storage'],
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
      'memory in thousandths',
      deploymentWith('resources: {limits: {memory: 512m}}'),
      `resources-unlikely ${RESOURCES}/limits/memory`,
    ],
  ])('are told: %s', (_, text, fault) => {
    expect(faultsOf(text, RULES)).toEqual([fault]);
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
