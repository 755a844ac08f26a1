import { describe, expect, it } from 'vitest';
import { appliedConfiguration } from '../../../src/deploy/undo/applied-configuration.ts';

const LIVE = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'auth',
    namespace: 'shop',
    uid: '1',
    labels: { app: 'auth', other: 'x' },
    managedFields: [
      {
        manager: 'us',
        operation: 'Apply',
        fieldsV1: {
          'f:metadata': { 'f:labels': { 'f:app': {} } },
          'f:spec': {
            'f:template': {
              'f:spec': {
                'f:containers': {
                  'k:{"name":"auth"}': {
                    '.': {},
                    'f:args': {},
                    'f:env': {
                      'k:{"name":"B"}': { '.': {}, 'f:name': {}, 'f:value': {} },
                      'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} },
                    },
                    'f:name': {},
                    'f:ports': { 'k:{"containerPort":8000,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
                  },
                },
              },
            },
          },
        },
      },
      { manager: 'us', operation: 'Update', subresource: 'status', fieldsV1: { 'f:status': {} } },
    ],
  },
  spec: {
    replicas: 3,
    template: {
      spec: {
        containers: [
          {
            name: 'auth',
            args: ['a', 'b'],
            image: 'of somebody else',
            env: [
              { name: 'A', value: '1' },
              { name: 'FOREIGN', value: '2' },
              { name: 'B', value: '$(A)' },
            ],
            ports: [{ containerPort: 8000, protocol: 'TCP' }],
          },
          { name: 'sidecar', image: 'x' },
        ],
      },
    },
  },
  status: { replicas: 3 },
};

describe('appliedConfiguration', () => {
  it('is what the manager has applied and nothing of others, lists in the order in which they stand', () => {
    expect(appliedConfiguration(LIVE, 'us')).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'auth', namespace: 'shop', labels: { app: 'auth' } },
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'auth',
                args: ['a', 'b'],
                env: [
                  { name: 'A', value: '1' },
                  { name: 'B', value: '$(A)' },
                ],
                ports: [{ containerPort: 8000, protocol: 'TCP' }],
              },
            ],
          },
        },
      },
    });
  });

  it('is none for a manager that has applied nothing', () => {
    expect(appliedConfiguration(LIVE, 'them')).toBeUndefined();
    expect(appliedConfiguration(undefined, 'us')).toBeUndefined();
  });

  it('takes an item that is owned without a field by its keys alone, and members of a set by their value', () => {
    const fieldsV1 = { 'f:list': { 'k:{"name":"a"}': { '.': {} } }, 'f:set': { 'v:"x"': {} } };
    const metadata = { name: 'n', managedFields: [{ manager: 'us', operation: 'Apply', fieldsV1 }] };
    const object = { metadata, list: [{ name: 'a', value: 1 }], set: ['x', 'y'] };
    expect(appliedConfiguration(object, 'us')).toMatchObject({ list: [{ name: 'a' }], set: ['x'] });
  });
});
