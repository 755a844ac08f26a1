import { describe, expect, it } from 'vitest';
import type { RawEnv } from '#declare';
import { orders } from '#test-support/orders-service';
import { faultsOf } from '#test-support/store-chart';

describe('the patch of a NatsMicroservice', () => {
  it('changes what no prop says', () => {
    const { deployment, container, object } = orders({
      patch: [
        { op: 'add', path: '/spec/revisionHistoryLimit', value: 3 },
        { op: 'replace', path: '/spec/template/spec/containers/name=orders/readinessProbe/periodSeconds', value: 2 },
        { op: 'add', path: '/spec/template/spec/containers/0/env/-', value: { name: 'X', value: 'y' } },
        { op: 'remove', path: '/spec/template/spec/containers/0/env/name=REDIS_URL' },
        { kind: 'Service', op: 'add', path: '/spec/sessionAffinity', value: 'ClientIP' },
        { kind: 'Service', op: 'add', path: '/metadata/labels/shop.example~1tier', value: 'web' },
      ],
    });
    expect(deployment.at('revisionHistoryLimit').value).toBe(3);
    expect(container.at('readinessProbe', 'periodSeconds').value).toBe(2);
    const env = container.at('env').value as RawEnv[];
    expect(env.map(({ name }) => name)).toEqual(['NATS_URL', 'DATABASE_URL', 'X']);
    expect(object('Service/orders').at('spec', 'sessionAffinity').value).toBe('ClientIP');
    expect(object('Service/orders').at('metadata', 'labels').value).toEqual({
      app: 'orders',
      'shop.example/tier': 'web',
    });
  });

  it.each([
    [{ op: 'replace', path: '/spec/template/spec/containers/name=other/tty', value: true }],
    [{ op: 'replace', path: '/spec/notThere', value: 1 }],
    [{ op: 'remove', path: '/spec/template/spec/containers/7' }],
    [{ op: 'add', path: '/spec/notThere/below', value: 1 }],
    [{ op: 'add', path: 'spec/replicas', value: 1 }],
    [{ kind: 'HorizontalPodAutoscaler', op: 'replace', path: '/spec/maxReplicas', value: 1 }],
  ] as const)('fails when it matches nothing: %j', (patch) => {
    const [fault] = faultsOf(() => orders({ patch: [patch] }));
    expect(fault).toContain('test/orders patch 0');
    expect(fault).toContain(`${patch.op} ${patch.path}`);
  });

  it.each([
    [{ op: 'replace', path: '/spec/template/spec/containers/0/ports/0/containerPort', value: 9000 }, 'must have 8000'],
    [{ op: 'remove', path: '/spec/template/spec/containers/0/resources/limits/memory' }, 'has no memory limit'],
    [{ op: 'add', path: '/spec/selector/matchLabels/version', value: '2' }, 'selector is'],
    [
      { op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'x', image: 'a/b:1' } },
      'container x has no cpu limit',
    ],
  ] as const)('cannot break a hard rule: %j', (patch, message) => {
    expect(faultsOf(() => orders({ patch: [patch] })).join('\n')).toContain(message);
  });
});
