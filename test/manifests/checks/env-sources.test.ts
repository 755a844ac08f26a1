import { describe, expect, it } from 'vitest';
import { deploymentWith, faultsOf } from '#test-support/faults-of';

const RULES = ['env-from-source', 'field-ref'];
const CONTAINER = '/spec/template/spec/containers/0';
const field = (path: string): string => `env: [{name: A, valueFrom: {fieldRef: {fieldPath: ${path}}}}]`;

describe('a source of variables', () => {
  it.each([
    ['a name beside its kind', 'envFrom: [{configMapRef: null, name: a}]', 'env-from-source', 'envFrom/0'],
    ['the same of a Secret', 'envFrom: [{secretRef: null, name: a}]', 'env-from-source', 'envFrom/0'],
    ['a name alone', 'envFrom: [{name: a}]', 'env-from-source', 'envFrom/0'],
    ['a prefix alone', 'envFrom: [{prefix: A_}]', 'env-from-source', 'envFrom/0'],
    ['a slip of the kind', 'envFrom: [{configMapref: {name: a}}]', 'env-from-source', 'envFrom/0'],
    ['two kinds', 'envFrom: [{secretRef: {name: a}, configMapRef: {name: b}}]', 'env-from-source', 'envFrom/0'],
    ['a source without a name', 'envFrom: [{secretRef: {optional: true}}]', 'env-from-source', 'envFrom/0'],
    ['a field that does not exist', field('metadata.nam'), 'field-ref', 'env/0/valueFrom/fieldRef/fieldPath'],
    ['no source', 'env: [{name: A, valueFrom: {}}]', 'env-from-source', 'env/0/valueFrom'],
    [
      'two sources',
      'env: [{name: A, valueFrom: {secretKeyRef: {name: a, key: b}, fieldRef: {fieldPath: metadata.name}}}]',
      'env-from-source',
      'env/0/valueFrom',
    ],
    [
      'a resource that does not exist',
      'env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.memroy}}}]',
      'field-ref',
      'env/0/valueFrom/resourceFieldRef/resource',
    ],
    ['a label with a dot', field('metadata.labels.app'), 'field-ref', 'env/0/valueFrom/fieldRef/fieldPath'],
    ['a field of a volume only', field('metadata.labels'), 'field-ref', 'env/0/valueFrom/fieldRef/fieldPath'],
  ])('is told: %s', (_, container, rule, place) => {
    expect(faultsOf(deploymentWith(container), RULES)).toEqual([`${rule} ${CONTAINER}/${place}`]);
  });

  it.each([
    ['a ConfigMap', 'envFrom: [{configMapRef: {name: a}, prefix: X_}]'],
    ['a field', field('status.podIP')],
    ['a label', field(`"metadata.labels['app']"`)],
  ])('is not told: %s', (_, container) => {
    expect(faultsOf(deploymentWith(container), RULES)).toEqual([]);
  });

  it('is told in a volume of the downward API, which has other fields', () => {
    const volume = (path: string): string =>
      deploymentWith('', `volumes: [{name: d, downwardAPI: {items: [{path: a, fieldRef: {fieldPath: ${path}}}]}}]`);
    expect(faultsOf(volume('metadata.lables'), RULES)).toHaveLength(1);
    expect(faultsOf(volume('metadata.labels'), RULES)).toEqual([]);
  });
});
