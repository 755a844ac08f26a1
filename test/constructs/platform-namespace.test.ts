import { describe, expect, it } from 'vitest';
import { PlatformNamespace } from '#constructs';
import { rendered } from '#test-support/rendered';

describe('PlatformNamespace', () => {
  const objects = rendered((chart) => {
    new PlatformNamespace(chart, 'shop', { labels: { team: 'shop' } });
  });

  it('carries the PodSecurity labels restricted for enforce, warn and audit, and no namespace of its own', () => {
    expect(objects.object('Namespace/shop').at('metadata').value).toEqual({
      name: 'shop',
      labels: {
        team: 'shop',
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/enforce-version': 'latest',
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/warn-version': 'latest',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/audit-version': 'latest',
      },
    });
  });

  it('denies every connection, in and out, that no policy opens', () => {
    expect(objects.object('NetworkPolicy/default-deny').value).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'default-deny', namespace: 'shop' },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
  });
});
