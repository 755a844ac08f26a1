/**
 * `helm upgrade --wait` with the rights that are generated for it; run when TEST_HELM names the program
 * (docs/test-cluster.md).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { App, Chart } from 'cdk8s';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { Deployer } from '#cdk8s-nats';
import { bootstrap, deployerKubeconfig, makeRequiredSecrets } from '#test-support/cluster/deployer-account';
import { kubectlOutput, type Outcome } from '#test-support/cluster/kubectl';
import { platformFolder } from '#test-support/cluster/platform-folder';
import { k3s, platformApps } from '#video-platform';

const cluster = inject('cluster');
const NAMESPACE = 'helm';
const dist = platformFolder(cluster, { namespace: NAMESPACE });
const chart = mkdtempSync(join(cluster.folder, 'chart-'));

let kubeconfig = '';
beforeAll(async () => {
  await bootstrap(cluster, dist);
  await makeRequiredSecrets(cluster, dist, NAMESPACE);
  // the Role of another tool takes the place of the one that dist has
  await kubectlOutput(cluster, ['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: helmRights() });
  kubeconfig = await deployerKubeconfig(cluster, NAMESPACE);
  mkdirSync(join(chart, 'templates'));
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: platform\nversion: 0.1.0\n');
  for (const file of readdirSync(dist).filter((it) => it.endsWith('.yaml'))) {
    cpSync(join(dist, file), join(chart, 'templates', file));
  }
});
afterAll(async () => {
  await kubectlOutput(cluster, ['delete', 'namespace', NAMESPACE, '--wait=false']);
});

it('installs all of dist and waits to the end, and so does an upgrade', async () => {
  for (const revision of [1, 2]) {
    const args = ['upgrade', '--install', 'platform', chart, '--wait', '--timeout', '90s', '--namespace', NAMESPACE];
    const { code, stdout, stderr } = await helm(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`STATUS: deployed\\nREVISION: ${revision}\\n`));
  }
});

it('does not call a release deployed where it may not read ReplicaSets', async () => {
  const path = JSON.stringify([{ op: 'remove', path: `/rules/${await ruleOf('replicasets')}` }]);
  await kubectlOutput(cluster, ['patch', 'role', 'deployer', '-n', NAMESPACE, '--type=json', '-p', path]);
  const args = ['upgrade', 'platform', chart, '--wait', '--timeout', '8s', '--namespace', NAMESPACE];
  const { code, stderr } = await helm(args);
  expect(code).toBe(1);
  expect(stderr).toMatch(/replicasets|timed out|deadline/i);
});

async function helm(args: readonly string[]): Promise<Outcome> {
  const home = join(cluster.folder, 'helm');
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    HELM_CACHE_HOME: home,
    HELM_CONFIG_HOME: home,
    HELM_DATA_HOME: home,
  };
  const child = spawn(process.env.TEST_HELM ?? 'helm', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: (code as number | null) ?? -1, stdout, stderr };
}

async function ruleOf(resource: string): Promise<number> {
  const role = await kubectlOutput(cluster, ['get', 'role', 'deployer', '-n', NAMESPACE, '-o', 'json']);
  const { rules } = JSON.parse(role) as { readonly rules: readonly { readonly resources: readonly string[] }[] };
  return rules.findIndex(({ resources }) => resources.includes(resource));
}

/** The Role that a deployer with Helm has. */
function helmRights(): object {
  const { deployed } = platformApps({ ...k3s, namespace: NAMESPACE }, 'unused');
  const deployer = new Deployer(new Chart(new App(), 'bootstrap', { namespace: NAMESPACE }), 'deployer', {
    tool: 'helm',
    deploys: [deployed],
  });
  const metadata = { name: deployer.name, namespace: NAMESPACE };
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules: deployer.rights() };
}
