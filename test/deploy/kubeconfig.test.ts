import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { kubeconfigOptions } from '../../deploy/kubeconfig-options.ts';
import { kubeconfigText, writeKubeconfig } from '../../src/deploy/kubeconfig.ts';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-kubeconfig-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OWN = {
  clusters: [{ name: 'k3s', cluster: { server: 'https://127.0.0.1:6443', 'certificate-authority-data': 'Q0E=' } }],
  users: [{ name: 'admin', user: { 'client-key-data': 'c2VjcmV0' } }],
};
const ACCOUNT = { namespace: 'shop', account: 'deployer', server: undefined };

describe('the kubeconfig of the deployer', () => {
  it('has the cluster and the token, and nothing of the administrator', () => {
    const text = kubeconfigText(OWN, 'token', ACCOUNT);
    expect(parse(text)).toMatchObject({
      'current-context': 'deployer',
      clusters: [{ cluster: OWN.clusters[0]?.cluster }],
      users: [{ name: 'deployer', user: { token: 'token' } }],
      contexts: [{ name: 'deployer', context: { user: 'deployer', namespace: 'shop' } }],
    });
    expect(text).not.toContain('c2VjcmV0');
  });

  it('takes another address of the server', () => {
    const text = kubeconfigText(OWN, 'token', { ...ACCOUNT, server: 'https://cluster:6443' });
    expect(parse(text)).toMatchObject({ clusters: [{ cluster: { server: 'https://cluster:6443' } }] });
  });

  it('is written so that its owner alone may read it, over a file that all could read too', async () => {
    const path = join(folder, 'config');
    writeFileSync(path, 'old', { mode: 0o644 });
    await writeKubeconfig(path, 'new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['config']);
  });

  it('refuses a token that is shorter than a server gives', () => {
    expect(() => kubeconfigOptions(['--duration', '60s'])).toThrow('must be 10m or longer');
  });
});
