import { describe, expect, it } from 'vitest';
import { runExplain } from '../../../src/cli/explain/command.ts';
import { capturedTerminal } from '../captured-terminal.ts';

const MANIFESTS = `apiVersion: v1
kind: ConfigMap
metadata: {name: defaults}
data: {HOST: old.example, MODE: dev}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {FROM_SECRET: hunter2}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  template:
    spec:
      containers:
        - name: main
          envFrom:
            - configMapRef: {name: defaults}
            - secretRef: {name: keys}
          env:
            - {name: EARLY, value: http://$(LATE)}
            - {name: STALE, value: http://$(HOST)}
            - {name: HOST, value: new.example}
            - name: PASS
              valueFrom: {secretKeyRef: {name: keys, key: pass}}
            - {name: URL, value: "nats://me:$(PASS)@$(HOST)/$$(X)"}
            - {name: CHAIN, value: "$(URL)#$(FROM_SECRET)"}
            - {name: LATE, value: x}
            - {name: API_TOKEN, value: hunter3}
            - {name: HEADER, value: "token $(API_TOKEN)"}
`;

async function explained(...args: readonly string[]) {
  const terminal = capturedTerminal(MANIFESTS);
  const code = await runExplain(args, terminal);
  return { code, ...terminal.written };
}

describe('explain', () => {
  it('gives the final value, its chain with lines, and hides secrets', async () => {
    const { code, out } = await explained('shop', 'URL');
    expect(code).toBe(0);
    expect(out).toBe(`Deployment/shop container main
  URL = nats://me:<hidden: Secret keys key pass>@new.example/$(X)
  from env[4] at (standard input):28:15: nats://me:$(PASS)@$(HOST)/$$(X)
    $(PASS) = <hidden: Secret keys key pass>
      from env[3], Secret keys key pass at (standard input):26:15
    $(HOST) = new.example
      from env[2] at (standard input):25:15
`);
  });

  it('tells what a definition shadows', async () => {
    expect((await explained('Deployment/shop', 'HOST')).out).toContain(
      '  overrides envFrom ConfigMap defaults key HOST: old.example\n',
    );
  });

  it('tells that a reference reads the shadowed value when it stands too early', async () => {
    const { out, code } = await explained('shop', 'STALE');
    expect(out).toContain('STALE = http://old.example\n');
    expect(code).toBe(0);
  });

  it('tells what stays unexpanded and why, with exit 1', async () => {
    const { out, code } = await explained('shop', 'EARLY');
    expect(out).toContain('$(LATE) is not expanded: it is defined further down');
    expect(code).toBe(1);
  });

  it.each(['PASS', 'URL', 'CHAIN', 'FROM_SECRET', 'API_TOKEN', 'HEADER'])(
    'never shows a secret in %s',
    async (variable) => {
      const text = await explained('shop', variable);
      const data = await explained('shop', variable, '--json');
      expect(text.out + data.out).toContain('<hidden');
      expect(text.out + data.out).not.toContain('hunter');
    },
  );

  it('names the nearest when there is no such variable or workload', async () => {
    expect(await explained('shop', 'ULR')).toMatchObject({
      code: 1,
      err: expect.stringContaining('did you mean URL') as string,
    });
    await expect(explained('shpo', 'URL')).rejects.toThrow('there is no workload shpo: did you mean shop');
  });
});

async function explainedIn(text: string, ...args: readonly string[]) {
  const terminal = capturedTerminal(text);
  const code = await runExplain(args, terminal);
  return { code, ...terminal.written };
}

const pod = (env: string, spec = ''): string =>
  `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {${spec}containers: [{name: c, env: [${env}]}]}}\n---\n`;
const SERVICE = '{apiVersion: v1, kind: Service, metadata: {name: redis-master}}\n---\n';

describe('explain of what the kubelet gives', () => {
  it.each([
    ['$(KUBERNETES_SERVICE_HOST)', '<cluster address>'],
    ['$(KUBERNETES_SERVICE_PORT)', '443'],
    ['$(KUBERNETES_SERVICE_PORT_HTTPS)', '443'],
    ['$(KUBERNETES_PORT)', 'tcp://<cluster address>:443'],
    ['$(KUBERNETES_PORT_443_TCP_PROTO)', 'tcp'],
    ['$(KUBERNETES_PORT_443_TCP_ADDR)', '<cluster address>'],
  ])('expands %s', async (reference, value) => {
    const { code, out } = await explainedIn(
      pod(`{name: A, value: "${reference}"}`, 'enableServiceLinks: false, '),
      'p',
      'A',
    );
    expect(code).toBe(0);
    expect(out).toContain(`A = ${value}\n`);
  });

  it('explains such a variable itself', async () => {
    expect(await explainedIn(pod(''), 'p', 'KUBERNETES_SERVICE_HOST')).toMatchObject({ code: 0, err: '' });
  });

  it.each([
    [
      'if the Service is there',
      '',
      /only the service link of Service redis-master defines it, if the Service exists before the pod/,
    ],
    ['not at all without links', 'enableServiceLinks: false, ', /enableServiceLinks is false/],
  ])('knows the link to a Service, %s', async (_, spec, reason) => {
    const { code, out } = await explainedIn(
      pod('{name: A, value: $(REDIS_MASTER_SERVICE_HOST)}', spec) + SERVICE,
      'p',
      'A',
    );
    expect(code).toBe(1);
    expect(out).toMatch(reason);
  });
});

describe('explain of text that is never expanded', () => {
  const map = '{apiVersion: v1, kind: ConfigMap, metadata: {name: m}, data: {HOST: h, DSN: "redis://$(HOST)"}}\n---\n';
  const secret = '{apiVersion: v1, kind: Secret, metadata: {name: m}, stringData: {DSN: "redis://$(HOST)"}}\n---\n';
  const whole = (kind: string): string =>
    `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, envFrom: [{${kind}: {name: m}}]}]}}`;

  it.each([
    ['envFrom of a ConfigMap', map + whole('configMapRef'), 'envFrom', 'DSN'],
    ['envFrom of a Secret', secret + whole('secretRef'), 'envFrom', 'DSN'],
    [
      'a key of a ConfigMap',
      map + pod('{name: A, valueFrom: {configMapKeyRef: {name: m, key: DSN}}}'),
      'valueFrom',
      'A',
    ],
    ['a key of a Secret', secret + pod('{name: A, valueFrom: {secretKeyRef: {name: m, key: DSN}}}'), 'valueFrom', 'A'],
    [
      'a variable that reads one',
      map + pod('{name: D, valueFrom: {configMapKeyRef: {name: m, key: DSN}}}, {name: A, value: "x $(D)"}'),
      'valueFrom',
      'A',
    ],
  ])('says so of %s', async (_, text, source, variable) => {
    const { code, out } = await explainedIn(text, 'p', variable);
    expect(code).toBe(1);
    expect(out).toContain(`$(HOST) is not expanded: text from ${source} is never expanded`);
  });
});

describe('explain hides', () => {
  it.each([
    '--admin-password=hunter2 -v',
    "--unattended --admin-password='hunter2' --no-ntp",
    '-Dspring.datasource.password=hunter2 -Xmx1g',
    '--requirepass hunter2 --save 60',
    'DB_PASSWORD=hunter2 run',
    'postgres://u:hunter2@h/d',
    'Server=h;Password=hunter2;',
    'https://h/?access_token=hunter2',
  ])('the password in %s, and nothing else of it', async (value) => {
    const { out } = await explainedIn(pod(`{name: OPTS, value: "${value}"}`), 'p', 'OPTS');
    expect(out).not.toContain('hunter2');
    expect(out).toContain(value.slice(0, 6));
  });

  it.each(['--password=$(PW)', '--password-file=/run/pw', '--password=$PW', '--token-ttl=60'])(
    'nothing of %s',
    async (value) => {
      expect((await explainedIn(pod(`{name: OPTS, value: "${value}"}`), 'p', 'OPTS')).out).toContain(value);
    },
  );
});

describe('explain finds a workload', () => {
  it.each(['shop', 'Deployment/shop', 'deployment/shop', 'deployments/shop', 'deploy/shop', 'deployment.apps/shop'])(
    'as %s',
    async (name) => {
      expect((await explained(name, 'HOST')).code).toBe(0);
    },
  );

  it('by its namespace too', async () => {
    const text = pod('{name: A, value: a}').replace('name: p}', 'name: p, namespace: store}');
    expect((await explainedIn(text, 'store/pod/p', 'A')).code).toBe(0);
    await expect(explainedIn(text, 'other/pod/p', 'A')).rejects.toThrow('there is no workload other/pod/p');
  });

  it('and says which containers it has, when one is asked for that it has not', async () => {
    await expect(explained('--container', 'nope', 'shop', 'URL')).rejects.toThrow(
      'shop has no container nope: there is main',
    );
    await expect(explained('--container', 'mian', 'shop', 'URL')).rejects.toThrow('did you mean main');
  });

  it('and says when no object was read', async () => {
    await expect(explainedIn('', 'shop', 'URL')).rejects.toThrow('no objects found');
  });
});
