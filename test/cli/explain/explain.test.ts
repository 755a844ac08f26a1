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
      '  shadows envFrom ConfigMap defaults key HOST: old.example\n',
    );
  });

  it('tells that a reference reads the shadowed value when it stands too early', async () => {
    const { out, code } = await explained('shop', 'STALE');
    expect(out).toContain('STALE = http://old.example\n');
    expect(code).toBe(0);
  });

  it('tells what stays unexpanded and why, with exit 1', async () => {
    const { out, code } = await explained('shop', 'EARLY');
    expect(out).toContain('$(LATE) stays as it is written: it stands further down');
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
