import { describe, expect, it } from 'vitest';
import { manifestSet } from '#manifests';
import { leftoversIn, searchedKinds } from '../../../src/deploy/prune/leftovers.ts';

const set = manifestSet([
  { path: 'a.yaml', manifest: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'auth', namespace: 'shop' } } },
  {
    path: 'b.yaml',
    manifest: { apiVersion: 'example.org/v1', kind: 'Proxy', metadata: { name: 'p', namespace: 'shop' } },
  },
]);

function live(kind: string, name: string, manager: string, metadata: object = {}, apiVersion = 'v1') {
  return { apiVersion, kind, metadata: { name, managedFields: [{ manager, operation: 'Apply' }], ...metadata } };
}

const US = 'cdk8s-nats-deploy';

describe('leftovers', () => {
  it('are what was applied from here and is in dist no more; data is kept', () => {
    const items = [
      live('ConfigMap', 'old', US),
      live('PersistentVolumeClaim', 'data', US),
      live('Service', 'auth', US),
      live('Service', 'of-others', 'helm'),
      live('Service', 'going', US, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      live('Deployment', 'old', US, {}, 'apps/v1'),
    ];
    expect(leftoversIn({ items }, set)).toEqual([
      { kind: 'Deployment', name: 'old', resource: 'deployments.apps', kept: false },
      { kind: 'ConfigMap', name: 'old', resource: 'configmaps', kept: false },
      { kind: 'PersistentVolumeClaim', name: 'data', resource: 'persistentvolumeclaims', kept: true },
    ]);
  });

  it('are looked for among kinds of dist, and those that it may have had', () => {
    const kinds = searchedKinds(set).map(({ kind }) => kind);
    expect(kinds).toContain('Proxy');
    expect(kinds).toContain('HorizontalPodAutoscaler');
    expect(kinds).not.toContain('Secret');
  });
});
