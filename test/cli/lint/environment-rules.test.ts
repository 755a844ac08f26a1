import { describe, expect, it } from 'vitest';
import { findingsIn, podWith, rulesBroken } from './linting.ts';

const env = (...entries: readonly string[]): string =>
  podWith(`env:\n${entries.map((entry) => `  - ${entry}`).join('\n')}`);

describe('the environment of a container', () => {
  it.each([
    ['env-late', env("{name: A, value: '$(B)'}", '{name: B, value: x}')],
    ['env-unknown', env("{name: A, value: '$(NOBODY)'}")],
    ['env-self-reference', env("{name: PATH, value: '$(PATH):/opt'}")],
    ['env-cycle', env("{name: A, value: '$(B)'}", "{name: B, value: '$(A)'}")],
    ['env-duplicate', env('{name: A, value: x}', '{name: A, value: z}')],
    ['env-service-link', env("{name: A, value: 'http://$(REDIS_SERVICE_HOST)'}")],
    ['env-escape', env("{name: GREETING, value: 'p$$w'}")],
    ['env-credential', env("{name: DB_PASSWORD, value: 'hunter22'}")],
    ['env-value-type', env('{name: A, value: 8000}')],
    ['env-value-and-source', env('{name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}')],
    [
      'env-optional-reference',
      env('{name: B, valueFrom: {secretKeyRef: {name: s, key: k, optional: true}}}', "{name: A, value: '$(B)'}"),
    ],
    ['argument-unknown', podWith("args: ['--url=$(DATABASE_URL)']")],
    [
      'probe-environment',
      podWith(`env:
  - {name: KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}
livenessProbe: {exec: {command: [sh, -c, 'ask -k $(KEY)']}}`),
    ],
    [
      'hook-environment',
      podWith(`env:
  - {name: KEY, value: x}
lifecycle: {preStop: {exec: {command: [leave, '$(KEY)']}}}`),
    ],
  ])('breaks %s, and nothing else', async (rule, text) => {
    expect(await rulesBroken(text)).toEqual([rule]);
  });

  it.each([
    ['an order that is right', env('{name: B, value: x}', "{name: A, value: '$(B)'}")],
    ['a deliberate escape', env("{name: A, value: '$$(B) $$HOME $${X}'}")],
    ['substitution of a shell', env("{name: A, value: '$(hostname) $(cat /etc/x) $(date +%s)'}")],
    ['a name that a webhook gives', env("{name: A, value: '$(AWS_ROLE_ARN)'}")],
    [
      'a credential that is still to be put in',
      env('{name: API_TOKEN, value: INSERT_TOKEN_HERE}', "{name: DB_PASSWORD, value: '${DB_PASSWORD}'}"),
    ],
    [
      'a credential that is called by its own kind',
      env(
        "{name: HF_TOKEN, value: 'HF_TOKEN'}",
        "{name: API_KEY, value: 'nvapi-NVKEY'}",
        '{name: API_TOKEN, value: disabled}',
      ),
    ],
    ['a switch that is named after a password', env("{name: MYSQL_ALLOW_EMPTY_PASSWORD, value: '1'}")],
    [
      'the name of a Secret that the pod mounts',
      podWith(
        'env: [{name: WEBHOOK_SECRET, value: webhook-cert}]',
        '  volumes: [{name: cert, secret: {secretName: webhook-cert}}]\n',
      ),
    ],
    ['the name of a Secret as an option', podWith('command: [make-secret, --secret, mail-hook-secret]')],
    ['a template in place of a value', env('{name: A, value: {{ .Release.Name }} }')],
    ['the name of a cluster that is called a token', env('{name: ETCD_INITIAL_CLUSTER_TOKEN, value: etcd-cluster}')],
    ['the name of a Secret for an image of JBoss', env('{name: SSO_SAML_KEYSTORE_SECRET, value: eap7-app-secret}')],
    ['variables of the API server', env("{name: A, value: 'https://$(KUBERNETES_SERVICE_HOST)'}")],
    [
      'an unknown name under an envFrom that is not in the set',
      podWith("envFrom: [{secretRef: {name: s}}]\nenv: [{name: A, value: '$(X_Y)'}]"),
    ],
    ['the arguments of a shell', podWith("command: [sh, -c, 'echo $(NOBODY)']")],
    [
      'a probe with a shell that reads the variable itself',
      podWith("env: [{name: A, value: x}]\nlivenessProbe: {exec: {command: [sh, -c, 'ask $A $(A) $(date)']}}"),
    ],
    [
      'a reference to a credential',
      env('{name: P, valueFrom: {secretKeyRef: {name: s, key: k}}}', "{name: URL, value: 'nats://me:$(P)@nats:4222'}"),
    ],
  ])('is not blamed for %s', async (_, text) => {
    expect(await rulesBroken(text)).toEqual([]);
  });

  it('tells a stale value, which envFrom gives before env redefines it', async () => {
    const text = `apiVersion: v1
kind: ConfigMap
metadata: {name: defaults, namespace: store}
data: {HOST: old}
---
${podWith("envFrom: [{configMapRef: {name: defaults}}]\nenv:\n  - {name: URL, value: 'http://$(HOST)'}\n  - {name: HOST, value: new}")}`;
    expect(await rulesBroken(text)).toEqual(['env-stale']);
  });

  it('knows the keys of a ConfigMap that comes later in the stream', async () => {
    const text = `${podWith("envFrom: [{configMapRef: {name: defaults}}]\nenv: [{name: URL, value: 'http://$(HOST):$(HOTS)'}]")}---
apiVersion: v1
kind: ConfigMap
metadata: {name: defaults, namespace: store}
data: {HOST: old}
`;
    const [finding, ...others] = await findingsIn(text);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      rule: 'env-unknown',
      message: expect.stringContaining('did you mean $(HOST)') as string,
    });
  });

  it('counts a name by service link as unknown where links are off', async () => {
    const text = podWith("env: [{name: A, value: '$(REDIS_SERVICE_HOST)'}]", '  enableServiceLinks: false\n');
    expect(await rulesBroken(text)).toEqual(['env-unknown']);
  });

  it('never prints a credential', async () => {
    const text = env(
      "{name: DB_PASSWORD, value: 'hunter22'}",
      "{name: URL, value: 'nats://me:hunter23@nats'}",
      '{name: PIN_PASSWORD, value: 4711}',
    );
    expect(JSON.stringify(await findingsIn(text))).not.toMatch(/hunter2|4711/);
  });

  it('gives one circle once, without advice to put one of it before the other', async () => {
    const text = env("{name: A, value: '$(B)'}", "{name: B, value: '$(C)'}", "{name: C, value: '$(A)'}");
    expect(await rulesBroken(text)).toEqual(['env-cycle']);
  });
});
