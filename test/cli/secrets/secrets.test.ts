import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runSecrets } from '../../../src/cli/secrets/command.ts';
import { capturedTerminal } from '../captured-terminal.ts';
import { serveSecrets, type SecretServer } from './secret-server.ts';

const LIST = `apiVersion: v1
kind: ConfigMap
metadata: {name: required, namespace: shop, labels: {cdk8s-nats.dev/required-secrets: "true"}}
data:
  secrets.yaml: |
    - name: keys
      namespace: shop
      type: Opaque
      keys:
        - {key: db-password, origin: password, optional: false, readers: [Deployment/a, StatefulSet/postgres]}
        - {key: ticket-private-key, origin: ed25519-private-key, optional: false, readers: [Deployment/a]}
        - {key: ticket-public-key, origin: ed25519-public-key, optional: false, readers: [Deployment/b]}
        - {key: provider-url, origin: given, optional: false, readers: [Deployment/b]}
      readers: []
`;
const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-secrets-'));
const url = join(folder, 'url');
const GIVEN = ['--given', `keys/provider-url=${url}`];
let server: SecretServer;

beforeAll(async () => {
  writeFileSync(url, 'https://me:pw@provider.example');
  server = await serveSecrets();
  writeFileSync(join(folder, 'config'), server.kubeconfig);
  process.env['KUBECONFIG'] = join(folder, 'config');
});

afterAll(async () => {
  delete process.env['KUBECONFIG'];
  rmSync(folder, { recursive: true });
  await server.stop();
});

async function runOn(list: string, ...args: readonly string[]) {
  const terminal = capturedTerminal(list);
  return { code: await runSecrets(args, terminal), ...terminal.written };
}

const run = (...args: readonly string[]) => runOn(LIST, ...args);

function valuesIn(out: string): Readonly<Record<string, string>> {
  return (parseAllDocuments(out)[0]?.toJS() as { stringData: Record<string, string> }).stringData;
}

describe('secrets', () => {
  it('lists keys, origins and readers', async () => {
    expect(await run('list')).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^shop\/keys {2}Opaque\n {2}db-password {2}password {2}read by Deployment\/a, StatefulSet\/postgres\n/,
      ) as string,
    });
  });

  it('makes passwords that a URL, a configuration and an ACL take as they are, new ones each time', async () => {
    const [one, two] = [
      valuesIn((await run('generate', ...GIVEN)).out),
      valuesIn((await run('generate', ...GIVEN)).out),
    ];
    expect(one['db-password']).toMatch(/^[A-Za-z][A-Za-z0-9_-]{31,}$/);
    expect(one['db-password']).not.toBe(two['db-password']);
  });

  it('makes the two halves of one pair', async () => {
    const values = valuesIn((await run('generate', ...GIVEN)).out);
    const derived = createPublicKey(createPrivateKey(values['ticket-private-key'] ?? ''));
    expect(derived.export({ type: 'spki', format: 'pem' })).toBe(values['ticket-public-key']);
  });

  it('takes what cannot be made from a file, and says what was not given', async () => {
    expect(valuesIn((await run('generate', ...GIVEN)).out)['provider-url']).toBe('https://me:pw@provider.example');
    const { code, err, out } = await run('generate');
    expect({ code, err }).toEqual({
      code: 1,
      err: 'keys: provider-url cannot be generated: provide it with --given keys/provider-url=FILE\n',
    });
    expect(Object.keys(valuesIn(out))).not.toContain('provider-url');
  });

  it('makes what is missing in the cluster, prints no value, and lets alone what is there', async () => {
    server.secrets.clear();
    expect(await run('check')).toMatchObject({
      code: 1,
      out: expect.stringContaining('shop/keys: db-password is missing, read by Deployment/a') as string,
    });

    const first = await run('generate', '--apply', ...GIVEN);
    expect(first).toEqual({
      code: 0,
      err: '',
      out: 'keys: created db-password, provider-url, ticket-private-key, ticket-public-key\n',
    });
    const password = server.secrets.get('shop/keys')?.get('db-password');
    expect(await run('check')).toEqual({ code: 0, out: '', err: '' });

    server.secrets.get('shop/keys')?.delete('provider-url');
    expect((await run('check')).out).toBe('shop/keys: provider-url is missing, read by Deployment/b\n');
    expect((await run('generate', '--apply', ...GIVEN)).out).toBe('keys: created provider-url\n');
    expect(server.secrets.get('shop/keys')?.get('db-password')).toBe(password);

    server.secrets.get('shop/keys')?.delete('ticket-public-key');
    expect(await run('generate', '--apply')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('ticket-public-key is half of a pair') as string,
    });
  }, 60_000);

  it('refuses a value that does not fit where it is put, given or in the cluster, and does not show it', async () => {
    const list = LIST.replace('readers: [Deployment/a, StatefulSet/postgres]', 'forms: [url, quoted], $&');
    const bad = join(folder, 'bad');
    writeFileSync(bad, 'p@ss"word');
    server.secrets.clear();
    const given = await runOn(list, 'generate', '--apply', ...GIVEN, '--given', `keys/db-password=${bad}`);
    expect(given.code).toBe(1);
    expect(given.err).toMatch(/^keys: the value given for db-password does not fit, .* URL: .*; .*double quotes: /);
    expect(given.out + given.err).not.toContain('p@ss');
    expect(server.secrets.get('shop/keys')?.has('db-password')).toBe(false);

    server.secrets.get('shop/keys')?.set('db-password', 'p@ss');
    const checked = await runOn(list, 'check');
    expect(checked.code).toBe(1);
    expect(checked.out).toMatch(
      /^shop\/keys: the value of db-password does not fit, it becomes part of a URL: .*; read by /,
    );
    expect(checked.out).not.toContain('p@ss');
    expect((await runOn(list, 'list')).out).toContain('it becomes part of a URL');
  }, 60_000);

  it('refuses a list whose form it does not know', async () => {
    const list = LIST.replace('optional: false', 'forms: [loud], $&');
    await expect(runOn(list, 'list')).rejects.toThrow(/the form "loud", must be one of url, quoted/);
  });

  it('says what kubectl said when the cluster cannot be asked', async () => {
    await expect(run('check', '--context', 'nowhere')).rejects.toThrow(/context "nowhere" does not exist/);
  });

  it('leaves out the log of kubectl, which says the same several times', async () => {
    const config = join(folder, 'config-of-nobody');
    writeFileSync(config, server.kubeconfig.replace(/http:[^"]*/, 'http://127.0.0.1:1'));
    const before = process.env['KUBECONFIG'];
    process.env['KUBECONFIG'] = config;
    try {
      await expect(run('check')).rejects.toThrow(/^kubectl get secret keys: [^\n]+$/);
    } finally {
      process.env['KUBECONFIG'] = before;
    }
  });
});
