import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Difference } from '../../../src/cli/diff/difference.ts';
import { runDiff } from '../../../src/cli/diff/command.ts';
import { capturedTerminal } from '../captured-terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-diff-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function diffOf(before: string, after: string): Promise<{ readonly code: number; readonly found: Difference }> {
  const sides = [before, after].map((text, index) => {
    const file = join(folder, `${index}.yaml`);
    writeFileSync(file, text);
    return file;
  });
  const terminal = capturedTerminal();
  const code = await runDiff(['--json', ...sides], terminal);
  return { code, found: JSON.parse(terminal.written.out) as Difference };
}

const deployment = (env: string, rest = 'replicas: 1'): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: store}
spec:
  ${rest}
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - {name: main, image: "shop:1", env: [${env}]}
`;
const object = (kind: string, fields: string, group = 'v1'): string =>
  `{apiVersion: ${group}, kind: ${kind}, metadata: {name: x}, ${fields}}\n`;

describe('diff', () => {
  it('says nothing of what only looks different', async () => {
    const { code, found } = await diffOf(
      deployment('{name: A, value: x}'),
      `# other comment\n${deployment("{value: 'x', name: A}")}`,
    );
    expect({ code, changed: found.changed }).toEqual({ code: 0, changed: [] });
  });

  it('tells restarts by the values of variables after expansion', async () => {
    const before = deployment('{name: HOST, value: a}, {name: URL, value: http://$(HOST)}');
    const { code, found } = await diffOf(before, before.replace('value: a', 'value: b'));
    expect(code).toBe(0);
    expect(found.changed[0]?.restarts).toEqual([
      { field: 'env of main.HOST', before: 'a', after: 'b' },
      { field: 'env of main.URL', before: 'http://a', after: 'http://b' },
    ]);
  });

  it('tells variables of what makes its pods later, such as a CronJob', async () => {
    const cronJob = (value: string): string =>
      object(
        'CronJob',
        `spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: main, env: [{name: A, value: ${value}}]}]}}}}}`,
        'batch/v1',
      );
    const { code, found } = await diffOf(cronJob('a'), cronJob('b'));
    expect({ code, restarts: found.changed[0]?.restarts }).toEqual({ code: 0, restarts: [] });
    expect(found.changed[0]?.fields).toEqual([{ field: 'env of main.A', before: 'a', after: 'b' }]);
  });

  it('says nothing of what kubectl and controllers keep in annotations', async () => {
    const applied = (value: string): string =>
      `{apiVersion: v1, kind: Secret, metadata: {name: x, annotations: {kubectl.kubernetes.io/last-applied-configuration: ${value}}}}\n`;
    const { found } = await diffOf(applied('hunter2'), applied('hunter3'));
    expect(found.changed).toEqual([]);
  });

  it('knows that replicas restart nothing', async () => {
    const { code, found } = await diffOf(deployment(''), deployment('', 'replicas: 3'));
    expect({ code, restarts: found.changed[0]?.restarts }).toEqual({ code: 0, restarts: [] });
  });

  it.each([
    [
      'a selector',
      deployment(''),
      deployment('').replaceAll('app: shop', 'app: store'),
      'spec.selector.matchLabels.app',
    ],
    [
      'claim templates',
      object('StatefulSet', 'spec: {volumeClaimTemplates: [{metadata: {name: a}}]}', 'apps/v1'),
      object('StatefulSet', 'spec: {volumeClaimTemplates: [{metadata: {name: b}}]}', 'apps/v1'),
      'spec.volumeClaimTemplates[a]',
      'spec.volumeClaimTemplates[b]',
    ],
    [
      'a smaller claim',
      object('PersistentVolumeClaim', 'spec: {resources: {requests: {storage: 1Gi}}}'),
      object('PersistentVolumeClaim', 'spec: {resources: {requests: {storage: 900Mi}}}'),
      'spec.resources.requests.storage',
    ],
    [
      'a Job',
      object('Job', 'spec: {template: {spec: {a: 1}}}', 'batch/v1'),
      object('Job', 'spec: {template: {spec: {a: 2}}}', 'batch/v1'),
      'spec.template.spec.a',
    ],
    [
      'a Service that becomes headless',
      object('Service', 'spec: {}'),
      object('Service', 'spec: {clusterIP: None}'),
      'spec.clusterIP',
    ],
    [
      'who implements a load balancer',
      object('Service', 'spec: {type: LoadBalancer}'),
      object('Service', 'spec: {type: LoadBalancer, loadBalancerClass: x/y}'),
      'spec.loadBalancerClass',
    ],
    [
      'the first address family',
      object('Service', 'spec: {ipFamilies: [IPv4]}'),
      object('Service', 'spec: {ipFamilies: [IPv6]}'),
      'spec.ipFamilies[0]',
    ],
    [
      'an immutable ConfigMap',
      object('ConfigMap', 'immutable: true, data: {a: x}'),
      object('ConfigMap', 'immutable: true, data: {a: y}'),
      'data.a',
    ],
    [
      'a roleRef',
      object('RoleBinding', 'roleRef: {kind: Role, name: a}', 'rbac.authorization.k8s.io/v1'),
      object('RoleBinding', 'roleRef: {kind: Role, name: b}', 'rbac.authorization.k8s.io/v1'),
      'roleRef.name',
    ],
    [
      'a strategy whose figures the server filled in',
      object('Deployment', 'spec: {}', 'apps/v1'),
      object('Deployment', 'spec: {strategy: {type: Recreate}}', 'apps/v1'),
      'spec.strategy.type',
    ],
  ])('says that the server will refuse a change of %s', async (_, before, after, ...fields) => {
    const { code, found } = await diffOf(before, after);
    expect(code).toBe(1);
    expect(found.changed[0]?.refused.map((it) => it.field)).toEqual(fields);
  });

  it.each([
    [
      'a larger claim',
      object('PersistentVolumeClaim', 'spec: {resources: {requests: {storage: 1Gi}}}'),
      object('PersistentVolumeClaim', 'spec: {resources: {requests: {storage: 2Gi}}}'),
    ],
    [
      'the default stated',
      object('StatefulSet', 'spec: {}', 'apps/v1'),
      object('StatefulSet', 'spec: {podManagementPolicy: OrderedReady}', 'apps/v1'),
    ],
    [
      'another update strategy',
      object('StatefulSet', 'spec: {updateStrategy: {rollingUpdate: {partition: 0}}}', 'apps/v1'),
      object('StatefulSet', 'spec: {updateStrategy: {type: OnDelete}}', 'apps/v1'),
    ],
  ])('lets %s pass', async (_, before, after) => {
    expect((await diffOf(before, after)).code).toBe(0);
  });

  it('lists what is removed, and what of it holds data', async () => {
    const gone = ['PersistentVolumeClaim', 'Namespace', 'ConfigMap'].map((kind) => object(kind, '')).join('---\n');
    const { code, found } = await diffOf(gone, '');
    expect(code).toBe(1);
    expect(found.removed).toEqual(['PersistentVolumeClaim/x', 'Namespace/x', 'ConfigMap/x']);
    expect(found.loses.map((line) => line.split(':')[0])).toEqual(['PersistentVolumeClaim/x', 'Namespace/x']);
  });

  it('tells rights that are gained, and not those that a wildcard gave before', async () => {
    const role = (rules: string): string => object('Role', `rules: [${rules}]`, 'rbac.authorization.k8s.io/v1');
    const wide = '{apiGroups: ["*"], resources: ["*"], verbs: [get]}';
    const narrow = '{apiGroups: [apps], resources: [deployments], verbs: [get, patch]}';
    expect((await diffOf(role(wide), role(`${wide}, ${narrow}`))).found.rights).toEqual([
      'Role/x may patch apps/deployments',
    ]);
    expect((await diffOf(role(narrow), role(''))).code).toBe(0);
  });

  it('never shows a secret', async () => {
    const secret = (value: string): string => object('Secret', `stringData: {a: ${value}}`);
    const before = `${secret('hunter1')}---\n${deployment('{name: DB_PASSWORD, value: hunter3}')}`;
    const after = `${secret('hunter2')}---\n${deployment('{name: DB_PASSWORD, value: hunter4}, {name: B, value: x}')}`;
    const { found } = await diffOf(before, after);
    expect(JSON.stringify(found.changed.map(({ restarts, refused }) => [restarts, refused]))).not.toContain('hunter');
    for (const format of ['text', 'markdown']) {
      const terminal = capturedTerminal();
      await runDiff(['--format', format, join(folder, '0.yaml'), join(folder, '1.yaml')], terminal);
      expect(terminal.written.out).not.toContain('hunter');
    }
  });

  it('compares revisions of git', async () => {
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { encoding: 'utf8' });
    const [repository, before] = [join(folder, 'repository'), process.cwd()];
    mkdirSync(join(repository, 'dist'), { recursive: true });
    git('init', '-q', repository);
    const commit = (text: string): void => {
      writeFileSync(join(repository, 'dist', 'a.yaml'), text);
      git('-C', repository, 'add', '.');
      git('-C', repository, 'commit', '-q', '-m', 'x');
    };
    commit(deployment(''));
    commit(deployment('').replace('shop:1', 'shop:2'));
    try {
      process.chdir(repository);
      const terminal = capturedTerminal();
      expect(await runDiff(['HEAD~1', 'HEAD:dist'], terminal)).toBe(0);
      expect(terminal.written.out).toBe(
        'Pods replaced\n  store/Deployment/shop (apps): spec.containers[main].image from `shop:1` to `shop:2`\n',
      );
      await expect(runDiff(['nowhere', 'HEAD'], terminal)).rejects.toThrow(
        /nowhere: is not a path here, and git reports/,
      );
    } finally {
      process.chdir(before);
    }
  });
});
