/** What `diff` says of changes that people asked about: each stands for its kind. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runDiff } from '../../../src/cli/diff/command.ts';
import { capturedTerminal } from '../captured-terminal.ts';
import { differenceOf, reportOf } from './diffing.ts';

const deployment = (container: string, spec = '', apiVersion = 'apps/v1'): string =>
  `{apiVersion: ${apiVersion}, kind: Deployment, metadata: {name: w}, spec: {${spec}selector: {matchLabels: {app: w}}, template: {metadata: {labels: {app: w}}, spec: {containers: [{name: w, ${container}}]}}}}`;

describe('a credential that changes', () => {
  it.each([
    ['in env', "image: 'x:1', env: [{name: DB_PASSWORD, value: SECRET}]", 'env of w.DB_PASSWORD'],
    ['in a URL of env', "image: 'x:1', env: [{name: DSN, value: 'postgres://u:SECRET@h/d'}]", 'env of w.DSN'],
    ['in an option of env', "image: 'x:1', env: [{name: OPTS, value: '--admin-password=SECRET -v'}]", 'env of w.OPTS'],
    ['in an argument', "image: 'x:1', args: ['--password=SECRET']", 'spec.containers[w].args[0]'],
    ['in the word behind an option', "image: 'x:1', args: [--requirepass, SECRET]", 'spec.containers[w].args[1]'],
    ['in a URL of an argument', "image: 'x:1', args: ['redis://:SECRET@h']", 'spec.containers[w].args[0]'],
  ])('is told and hidden: %s', (_, container, field) => {
    const [before, after] = ['hunter2old', 'hunter3new'].map((value) => deployment(container.replace('SECRET', value)));
    const found = differenceOf(before ?? '', after ?? '');
    expect(found.changed[0]?.restarts.map((it) => it.field)).toEqual([field]);
    expect(JSON.stringify(found) + reportOf(before ?? '', after ?? '')).not.toContain('hunter');
  });

  it('is told with every variable that it is put into', () => {
    const env = (value: string): string =>
      deployment(
        `image: 'x:1', env: [{name: DB_PASSWORD, value: ${value}}, {name: DSN, value: 'postgres://u:$(DB_PASSWORD)@h/d'}]`,
      );
    expect(differenceOf(env('oldhunter2'), env('newhunter3')).changed[0]?.restarts).toEqual([
      { field: 'env of w.DB_PASSWORD', before: '(hidden)', after: '(hidden)' },
      { field: 'env of w.DSN', before: 'postgres://u:(hidden)@h/d', after: 'postgres://u:(hidden)@h/d' },
    ]);
  });

  it('in a ConfigMap is reported and hidden', () => {
    const map = (value: string): string =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {DB_PASSWORD: ${value}}}`;
    expect(differenceOf(map('hunter2'), map('hunter3')).changed[0]?.fields).toEqual([
      { field: 'data.DB_PASSWORD', before: '(hidden)', after: '(hidden)' },
    ]);
  });
});

describe('an object whose kind moved to another group', () => {
  it.each([
    ['Deployment', 'extensions/v1beta1', 'apps/v1'],
    ['DaemonSet', 'extensions/v1beta1', 'apps/v1'],
    ['Ingress', 'extensions/v1beta1', 'networking.k8s.io/v1'],
    ['NetworkPolicy', 'extensions/v1beta1', 'networking.k8s.io/v1'],
  ])('is one object: %s', (kind, old, now) => {
    const object = (apiVersion: string): string => `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: a}}`;
    const { removed, added, changed } = differenceOf(object(old), object(now));
    expect({ removed, added, fields: changed.flatMap((it) => it.fields) }).toEqual({
      removed: [],
      added: [],
      fields: [{ field: 'apiVersion', before: old, after: now }],
    });
  });

  it('has the selector that its labels gave it', () => {
    const before = deployment("image: 'x:1'", '', 'extensions/v1beta1').replace(
      'selector: {matchLabels: {app: w}}, ',
      '',
    );
    const { changed } = differenceOf(before, deployment("image: 'x:1'", 'replicas: 2, '));
    expect(changed[0]).toMatchObject({ refused: [], restarts: [] });
    expect(changed[0]?.fields.map(({ field }) => field)).toEqual(['apiVersion', 'spec.replicas']);
  });

  it('has its backends in either way of writing', () => {
    const ingress = (apiVersion: string, backend: string): string =>
      `{apiVersion: ${apiVersion}, kind: Ingress, metadata: {name: a}, spec: {rules: [{http: {paths: [{path: /, pathType: ImplementationSpecific, backend: {${backend}}}]}}]}}`;
    const { changed } = differenceOf(
      ingress('networking.k8s.io/v1beta1', 'serviceName: s, servicePort: 80'),
      ingress('networking.k8s.io/v1', 'service: {name: s, port: {number: 80}}'),
    );
    expect(changed[0]?.fields.map(({ field }) => field)).toEqual(['apiVersion']);
  });
});

describe('an object that its tool creates again', () => {
  const job = (metadata: string, image: string): string =>
    `{apiVersion: batch/v1, kind: Job, metadata: {${metadata}}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: m, image: '${image}'}]}}}}`;

  it.each([
    ['a hook of Helm', "name: m, annotations: {helm.sh/hook: 'pre-install,pre-upgrade'}", /Helm/],
    ['a hook of Argo CD', 'name: m, annotations: {argocd.argoproj.io/hook: PreSync}', /Argo CD/],
    [
      'one that Argo CD replaces by force',
      "name: m, annotations: {argocd.argoproj.io/sync-options: 'Force=true,Replace=true'}",
      /Argo CD/,
    ],
    [
      'a hook of Helm that is deleted when it succeeded',
      'name: m, annotations: {helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: hook-succeeded}',
      /Helm/,
    ],
    ['one that Flux replaces', 'name: m, annotations: {kustomize.toolkit.fluxcd.io/force: enabled}', /Flux/],
    ['a name that is generated', 'generateName: m-', /generateName/],
  ])('is not refused: %s', (_, metadata, reason) => {
    const { changed, removed } = differenceOf(job(metadata, 'x:1'), job(metadata, 'x:2'));
    expect(changed[0]).toMatchObject({ refused: [], recreated: expect.stringMatching(reason) as string });
    expect(removed).toEqual([]);
  });

  it.each([
    ['no tool', 'name: m'],
    [
      // https://github.com/argoproj/argo-cd/issues/14910
      'Argo CD, which only replaces it',
      'name: m, annotations: {argocd.argoproj.io/sync-options: Replace=true}',
    ],
    ['Argo CD, which skips it', 'name: m, annotations: {argocd.argoproj.io/hook: Skip}'],
    [
      'Helm, which keeps a hook that succeeded',
      'name: m, annotations: {helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: hook-failed}',
    ],
  ])('is refused when it is not: %s', (_, metadata) => {
    expect(differenceOf(job(metadata, 'x:1'), job(metadata, 'x:2')).changed[0]?.refused).toHaveLength(1);
  });

  it('leaves nothing behind under a generated name', () => {
    expect(differenceOf(job('generateName: m-', 'x:1'), '').removed).toEqual([]);
  });
});

describe('what takes another effect than it reads', () => {
  const service = (spec: string): string => `{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {${spec}}}`;

  it('is reported for a Service that stays headless', () => {
    const { changed, caveats } = differenceOf(service('clusterIP: None'), service(''));
    expect(changed).toEqual([]);
    expect(caveats).toEqual([expect.stringMatching(/^Service\/s: .*stays headless/)]);
  });

  it.each([
    ['that it was once given', 'serviceAccountName: robot, ', ''],
    ['under its older name', 'serviceAccount: robot, ', ''],
  ])('is reported for an account that a workload keeps %s', (_, before, after) => {
    const pods = (fields: string): string =>
      deployment("image: 'x:1'").replace('spec: {containers', `spec: {${fields}containers`);
    const { changed, caveats } = differenceOf(pods(before), pods(after));
    expect(changed).toEqual([]);
    expect(caveats).toEqual([expect.stringMatching(/^Deployment\/w \(apps\): serviceAccountName was removed, but/)]);
    expect(differenceOf(pods(before), pods('serviceAccountName: default, ')).caveats).toEqual([]);
  });

  it('is reported for egress rules of a policy that does not name its directions', () => {
    const policy = (spec: string): string =>
      `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p}, spec: {podSelector: {}, ${spec}}}`;
    const egress = 'egress: [{ports: [{port: 53}]}]';
    expect(differenceOf(policy(''), policy(egress)).caveats).toEqual([
      expect.stringMatching(/egress rules were added, but/),
    ]);
    expect(differenceOf(policy(egress), policy('')).caveats).toEqual([expect.stringMatching(/all egress is denied/)]);
    expect(differenceOf(policy(''), policy(`${egress}, policyTypes: [Ingress, Egress]`)).caveats).toEqual([]);
  });

  it('is reported for replicas that are no longer stated', () => {
    const scaler =
      '\n---\n{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h}, spec: {maxReplicas: 5, scaleTargetRef: {kind: Deployment, name: w}}}';
    const [before, after] = [deployment('image: x', 'replicas: 3, '), deployment('image: x')];
    expect(differenceOf(before, after + scaler).caveats).toEqual([
      expect.stringMatching(/replicas was removed, so the API server sets it to 1, and HorizontalPodAutoscaler\/h/),
    ]);
    expect(differenceOf(deployment('image: x', 'replicas: 1, '), after).caveats).toEqual([]);
  });

  const map = (data: string): string =>
    `{apiVersion: v1, kind: ConfigMap, metadata: {name: site}, data: {${data}}}\n---\n`;
  const reader = (mount: string, volume = 'configMap: {name: site}', env = ''): string =>
    `{apiVersion: apps/v1, kind: Deployment, metadata: {name: nginx}, spec: {template: {spec: {volumes: [{name: c, ${volume}}], containers: [{name: n, image: 'n:1', ${env}volumeMounts: [${mount}]}]}}}}`;
  const caveatsOf = (workload: string): readonly string[] =>
    differenceOf(map('a.conf: old, b.conf: same') + workload, map('a.conf: new, b.conf: same') + workload).caveats;

  it.each([
    ['subPath', reader('{name: c, mountPath: /a, subPath: a.conf}')],
    ['subPathExpr', reader('{name: c, mountPath: /a, subPathExpr: a.conf}')],
    [
      'subPath under another path',
      reader('{name: c, mountPath: /a, subPath: x}', 'configMap: {name: site, items: [{key: a.conf, path: x}]}'),
    ],
    [
      'subPath of a projected volume',
      reader('{name: c, mountPath: /a, subPath: a.conf}', 'projected: {sources: [{configMap: {name: site}}]}'),
    ],
    ['envFrom', reader('', 'emptyDir: {}', 'envFrom: [{configMapRef: {name: site}}], ')],
    [
      'a variable',
      reader('', 'emptyDir: {}', 'env: [{name: A, valueFrom: {configMapKeyRef: {name: site, key: a.conf}}}], '),
    ],
  ])('is reported for a ConfigMap that running pods read by %s', (_, workload) => {
    expect(caveatsOf(workload)).toEqual([
      expect.stringMatching(/^ConfigMap\/site: Deployment\/nginx reads it .*running pods do not see the change/),
    ]);
  });

  it.each([
    ['a folder', reader('{name: c, mountPath: /etc/nginx}')],
    ['another key', reader('{name: c, mountPath: /b, subPath: b.conf}')],
  ])('is not told of a mount of %s', (_, workload) => {
    expect(caveatsOf(workload)).toEqual([]);
  });

  it('is not told of pods that are replaced anyway', () => {
    const workload = (version: string): string =>
      reader('{name: c, mountPath: /a, subPath: a.conf}').replace('n:1', `n:${version}`);
    expect(differenceOf(map('a.conf: old') + workload('1'), map('a.conf: new') + workload('2')).caveats).toEqual([]);
  });
});

describe('PostgreSQL of another major version', () => {
  const postgres = (tag: string, path: string): string =>
    deployment(`image: 'postgres:${tag}', volumeMounts: [{name: d, mountPath: ${path}}]`);
  const losses = (from: string, to: string, path: string): readonly string[] =>
    differenceOf(postgres(from, path), postgres(to, path)).loses;

  it.each([
    ['18 on the old mount', '16', '18', '/var/lib/postgresql/data', /does not find the data of 16/],
    ['17 on the data of 16', '16.4', '17.0-alpine', '/var/lib/postgresql/data', /does not start with the data of 16/],
    ['16 after 17', '17', '16', '/x', /does not start/],
  ])('is told: %s', (_, from, to, path, text) => {
    expect(losses(from, to, path)).toEqual([expect.stringMatching(text)]);
  });

  it('is not told of a minor version', () => {
    expect(losses('16.1', '16.2-alpine', '/var/lib/postgresql/data')).toEqual([]);
  });
});

describe('a message', () => {
  it('names the field in a claim template, and the way out', () => {
    const set = (storage: string): string =>
      `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: ${storage}}}}}]}}`;
    expect(reportOf(set('10Gi'), set('500Gi'))).toContain(
      'spec.volumeClaimTemplates[data].spec.resources.requests.storage from `10Gi` to `500Gi`; expand each claim',
    );
  });

  it('shows where two long texts part', () => {
    const map = (end: string): string =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: '${'x'.repeat(200)}${end}'}}`;
    const [, from, to] = /from `(.*)` to `(.*)`/.exec(reportOf(map('one'), map('two'))) ?? [];
    expect(from).toMatch(/one$/);
    expect(to).toMatch(/two$/);
  });

  it('tells list items apart by what names them, else by what came and went', () => {
    const fields = (before: string, after: string): readonly string[] =>
      differenceOf(deployment(before), deployment(after)).changed[0]?.restarts.map(({ field }) => field) ?? [];
    expect(
      fields('volumeMounts: [{name: a, mountPath: /a}]', 'volumeMounts: [{name: a, mountPath: /a, readOnly: true}]'),
    ).toEqual(['spec.containers[w].volumeMounts[a].readOnly']);
    expect(fields('args: [a, b, c]', 'args: [a, c]')).toEqual(['spec.containers[w].args[1]']);
    expect(fields('args: [a, b]', 'args: [b, a]')).toEqual(['spec.containers[w].args (order)']);
  });

  it('summarises the schema of a CustomResourceDefinition', () => {
    const crd = (properties: string): string =>
      `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a.b.c}, spec: {versions: [{name: v1, schema: {openAPIV3Schema: {type: object, properties: {${properties}}}}}]}}`;
    const { changed } = differenceOf(
      crd('a: {type: string}, b: {type: string}'),
      crd('a: {type: number}, c: {type: string}'),
    );
    expect(changed[0]?.fields).toHaveLength(1);
    expect(
      reportOf(crd('a: {type: string}, b: {type: string}'), crd('a: {type: number}, c: {type: string}')),
    ).toContain('spec.versions[v1].schema: 1 new (c), 1 gone (b), 1 changed (a.type)');
  });
});

describe('a folder with a kustomization', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-kustomize-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(['kustomization.yaml', 'kustomization.yml', 'Kustomization'])(
    'is refused once, with the command that renders it: %s',
    async (name) => {
      const [old, now] = [join(folder, `${name}-old`), join(folder, `${name}-new`)];
      for (const side of [old, now]) {
        mkdirSync(side);
        writeFileSync(join(side, name), 'resources: []\n');
      }
      await expect(runDiff([old, now], capturedTerminal())).rejects.toThrow(
        `cdk8s-nats diff <(kubectl kustomize ${old}) <(kubectl kustomize ${now})`,
      );
    },
  );
});

describe('a volume without a source that is given one', () => {
  const volume = (source: string): string =>
    deployment("image: 'x:1'").replace('spec: {containers', `spec: {volumes: [{name: v${source}}], containers`);

  it('is refused: the server filled in an empty folder', () => {
    const { changed } = differenceOf(volume(''), volume(', configMap: {name: c}'));
    expect(changed[0]?.refused.map(({ field }) => field)).toEqual(['spec.template.spec.volumes[v]']);
  });

  it('is accepted where the folder was stated', () => {
    const { changed } = differenceOf(volume(', emptyDir: {}'), volume(', configMap: {name: c}'));
    expect(changed[0]?.refused).toEqual([]);
    expect(changed[0]?.restarts).not.toEqual([]);
  });
});

describe('a kind of another API group that has the name of a built-in one', () => {
  it.each([
    ['Job', 'batch.volcano.sh/v1alpha1', 'template: {a: 1}', 'template: {a: 2}'],
    ['Service', 'serving.knative.dev/v1', 'clusterIP: None', "clusterIP: '10.0.0.1'"],
    ['Deployment', 'example.org/v1', 'selector: {a: b}', 'selector: {a: c}'],
  ])('is not judged by its rules: %s of %s', (kind, apiVersion, before, after) => {
    const object = (spec: string): string =>
      `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: a}, spec: {${spec}}}`;
    const { changed } = differenceOf(object(before), object(after));
    expect(changed).toMatchObject([{ refused: [], restarts: [] }]);
  });
});
