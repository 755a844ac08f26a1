import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { manifestSet } from '#manifests';
import { setRemarks } from '../../../src/cli/lint/set-rules.ts';
import { RULES, type RuleId } from '../../../src/cli/lint/rules.ts';
import { rulesBroken } from './linting.ts';

/** One fault that a person makes in the manifests of the platform: text of one file with another in its place. */
type Row = readonly [fault: string, file: string, text: string | RegExp, otherwise: string, rule: RuleId];

const VIDEO = '22-video.yaml';
const NEW_ENV = '- name: SERVICE_NAME\n';
const END = /$/;
const env = (entry: string): string => `${entry}\n            ${NEW_ENV}`;
const object = (kind: string, spec: string, apiVersion: string): string =>
  `---\n{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: x, namespace: video-service}, spec: {${spec}}}\n`;
const policy = (spec: string): string => object('NetworkPolicy', spec, 'networking.k8s.io/v1');

/** Faults that only the objects of the whole set show, or one object by itself. */
const ROWS: readonly Row[] = [
  ['a field that does not exist', VIDEO, 'replicas: 1', 'replica: 2', 'field-unknown'],
  ['an image without a version', VIDEO, 'video:0.1.0', 'video:latest', 'image-tag'],
  ['an image that cannot be pulled', VIDEO, 'registry.example/video', 'UPPER/video', 'image-reference'],
  ['no readiness probe', VIDEO, 'readinessProbe:', 'x-probe:', 'readiness-probe'],
  ['readiness equal to liveness beside stores', VIDEO, 'path: /readyz', 'path: /livez', 'readiness-probe'],
  ['no memory limit', VIDEO, '              memory: 512Mi\n', '', 'memory-limit'],
  ['a request above its limit', VIDEO, 'memory: 128Mi', 'memory: 1Gi', 'resources-range'],
  ['no folder to write to', VIDEO, 'mountPath: /tmp', 'mountPath: /temp', 'temporary-folder'],
  [
    'a subPath that is no key',
    '11-postgres.yaml',
    '- mountPath: /etc/postgresql\n',
    '- mountPath: /etc/postgresql\n              subPath: no.conf\n',
    'config-map-key',
  ],
  [
    'a subject of another namespace',
    'bootstrap/10-deployer.yaml',
    /(kind: ServiceAccount\n +name: \S+\n +namespace: )\S+/,
    'kind: ServiceAccount\n    name: deployer\n    namespace: kube-system',
    'service-account-missing',
  ],
  [
    'two ports of one name',
    VIDEO,
    '          ports:\n',
    '          ports:\n            - {containerPort: 9000, name: http}\n',
    'port-name-twice',
  ],
  ['cores without m', VIDEO, 'cpu: 500m', 'cpu: 500', 'resources-unlikely'],
  ['storage in GB', '11-postgres.yaml', /storage: \S+/, 'storage: 20GB', 'quantity'],
  ['a schedule of six fields', '11-postgres.yaml', /schedule: .*/, "schedule: '0 0 3 * * *'", 'cron-schedule'],
  ['a Job whose pods never end', '11-postgres.yaml', 'restartPolicy: Never', 'restartPolicy: Always', 'restart-policy'],
  [
    'a label too long in the template',
    VIDEO,
    '      labels:\n',
    `      labels:\n        team: ${'x'.repeat(64)}\n`,
    'label-value',
  ],
  [
    'a Service before two Deployments',
    '21-user.yaml',
    '      labels:\n        app: user',
    '      labels:\n        app: video',
    'service-selects-two',
  ],
  [
    'a nats.conf without a bracket',
    '10-nats.yaml',
    '                "_INBOX_auth.>"\n              ]\n            }\n',
    '                "_INBOX_auth.>"\n              ]\n',
    'nats-config',
  ],
  [
    'a user that nats.conf does not have',
    VIDEO,
    /(NATS_USER\n +value: )\S+/,
    'NATS_USER\n              value: vidoe',
    'nats-user',
  ],
  [
    'a field of the pod that does not exist',
    VIDEO,
    'fieldPath: metadata.name\n',
    'fieldPath: metadata.nam\n',
    'field-ref',
  ],
  ['a number in quotes', VIDEO, 'replicas: 1', "replicas: '1'", 'field-type'],
  [
    'a budget that blocks one replica',
    VIDEO,
    END,
    object('PodDisruptionBudget', 'maxUnavailable: 0, selector: {matchLabels: {app: video}}', 'policy/v1'),
    'pdb-blocks',
  ],
  ['a policy that allows everything', VIDEO, END, policy('podSelector: {}, ingress: [{}]'), 'network-policy-open'],
  [
    'an Ingress of another controller',
    '31-gateway.yaml',
    'ingressClassName: traefik',
    'ingressClassName: nginx',
    'network-policy-edge',
  ],
  [
    'a database that nobody creates',
    VIDEO,
    /(DB_NAME\n +value: )video/,
    'DB_NAME\n              value: vidoe',
    'database-unknown',
  ],
  [
    'a host outside that is blocked',
    VIDEO,
    NEW_ENV,
    env("- {name: S3_URL, value: 'https://s3.example.org'}"),
    'network-policy-outside',
  ],
  [
    'an envFrom entry that is indented wrongly',
    VIDEO,
    '        - env:\n',
    '        - envFrom:\n            - configMapRef:\n              name: a\n          env:\n',
    'env-from-source',
  ],
  [
    'envFrom as a map',
    VIDEO,
    '        - env:\n',
    '        - envFrom: {configMapRef: {name: a}}\n          env:\n',
    'field-type',
  ],
];

/** Faults of one object that its text or its variables show. */
const ALONE: readonly Row[] = [
  [
    'an argument that nothing defines',
    VIDEO,
    '          name: video\n          ports',
    "          args: ['--port=$(HTTP_PORT)']\n          name: video\n          ports",
    'argument-unknown',
  ],
  ['a reference in other capitals', VIDEO, NEW_ENV, env("- {name: A, value: '$(db_port)'}"), 'env-unknown'],
  ['a key twice', VIDEO, 'replicas: 1', 'replicas: 1\n  replicas: 2', 'yaml-key-twice'],
];

const files = ['', 'bootstrap/', 'bootstrap/k3s/', 'bootstrap/admission/'].flatMap((folder) =>
  readdirSync(`dist/${folder}`)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => folder + name),
);
const texts = new Map(files.map((file) => [file, readFileSync(`dist/${file}`, 'utf8')]));
const enabled = (Object.keys(RULES) as RuleId[]).filter((id) => RULES[id].applied === 'enabled');

function objectsOf(file: string, text: string) {
  return parseAllDocuments(text, { uniqueKeys: false }).map((document) => ({
    path: file,
    manifest: document.toJS() as unknown,
  }));
}

function spoilt([, file, text, otherwise]: Row): string {
  const before = texts.get(file) ?? '';
  const after = before.replace(text, () => otherwise);
  if (after === before) throw new Error(`${file} has no ${String(text)}`);
  return after;
}

describe('dist/', () => {
  let objects: ReadonlyMap<string, ReturnType<typeof objectsOf>> = new Map();
  const rulesOf = (file: string, changed: ReturnType<typeof objectsOf>): readonly string[] =>
    setRemarks(manifestSet([...objects].flatMap(([name, own]) => (name === file ? changed : own))), {
      enable: enabled,
      unfinished: false,
    }).map(({ rule }) => rule);

  beforeAll(() => {
    objects = new Map([...texts].map(([file, text]) => [file, objectsOf(file, text)]));
  });

  it('has no finding of any rule, also of those that are a matter of policy', () => {
    expect(rulesOf('', [])).toEqual([]);
  });

  it.each(ROWS)('with %s has a finding', (...row) => {
    expect(rulesOf(row[1], objectsOf(row[1], spoilt(row)))).toContain(row[4]);
  });

  it.each(ALONE)('with %s has a finding', async (...row) => {
    expect(await rulesBroken(spoilt(row))).toContain(row[4]);
  });

  it('with variables that reference each other where envFrom gives a value has no cycle', async () => {
    const circle = "- {name: A1, value: '$(B1)1'}\n            - {name: B1, value: '$(A1)2'}";
    const source = '        - envFrom: [{configMapRef: {name: defaults}}]\n          env:\n';
    const defaults =
      '---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: defaults, namespace: video-service}, data: {B1: x}}\n';
    const text = spoilt(['', VIDEO, NEW_ENV, env(circle), 'env-cycle']);
    expect(await rulesBroken(text)).toContain('env-cycle');
    expect(await rulesBroken(text.replace('        - env:\n', () => source) + defaults)).not.toContain('env-cycle');
    expect(await rulesBroken(text.replace('        - env:\n', () => source))).not.toContain('env-cycle');
  });
});
