/**
 * The chart of `deploy/helm/main.ts` by `helm upgrade --wait`, with the rights that are generated for Helm; run
 * when TEST_HELM names the program, of version 3 or 4 (docs/test-cluster.md).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { bootstrap, deployerKubeconfig, makeRequiredSecrets } from '#test-support/cluster/deployer-account';
import { kubectlOutput, type Outcome } from '#test-support/cluster/kubectl';
import { platformFolder } from '#test-support/cluster/platform-folder';
import { k3s } from '#video-platform';
import { helmDeployer } from '../../deploy/helm/helm-deployer.ts';
import { platformChart } from '../../deploy/helm/platform-chart.ts';

const cluster = inject('cluster');
const NAMESPACE = 'helm';
const settings = { ...k3s, namespace: NAMESPACE };
const dist = platformFolder(cluster, settings);
const chart = mkdtempSync(join(cluster.folder, 'chart-'));
const templates = platformChart(settings);
const POSTGRES = 'templates/11-postgres.yaml';

let kubeconfig = '';
beforeAll(async () => {
  await bootstrap(cluster, dist);
  await makeRequiredSecrets(cluster, dist, NAMESPACE);
  const deployer = join(cluster.folder, 'helm-deployer.yaml');
  writeFileSync(deployer, helmDeployer(settings));
  await kubectlOutput(cluster, ['apply', '--server-side', '-f', deployer]);
  kubeconfig = await deployerKubeconfig(cluster, NAMESPACE);
  writeChart(chart, templates);
});
afterAll(async () => {
  await kubectlOutput(cluster, ['delete', 'namespace', NAMESPACE, '--wait=false']);
});

it('installs the platform with the default values and waits to the end; so does an upgrade, which changes nothing', async () => {
  await upgrade(1);
  // bound when the first backup runs, which --wait does not wait for
  expect(await backupClaim('.status.phase')).toBe('Pending');
  const before = await generations();
  expect(before.length).toBeGreaterThan(10);
  await upgrade(2);
  expect(await generations()).toEqual(before);
});

it('upgrades to other values, and waits for the pods of these', async () => {
  await upgrade(3, ['--set', 'replicas=2', '--set', 'host=tv.example.net']);
  const ready = ['get', 'deployment', 'auth', '-n', NAMESPACE, '-o', 'jsonpath={.status.readyReplicas}'];
  expect(await kubectlOutput(cluster, ready)).toBe('2');
});

it('keeps the claim of the backups when a release of before, which had it as a part, is upgraded as documented', async () => {
  const before = mkdtempSync(join(cluster.folder, 'chart-before-'));
  writeChart(before, { ...templates, [POSTGRES]: withoutHooks(templates[POSTGRES] ?? '') });
  const args = ['upgrade', 'platform', before, '--take-ownership', '--namespace', NAMESPACE];
  expect(await helm(args)).toMatchObject({ code: 0 });
  const uid = await backupClaim('.metadata.uid');
  const keep = ['annotate', 'pvc', 'postgres-backup', 'helm.sh/resource-policy=keep', '--overwrite'];
  await kubectlOutput(cluster, [...keep, '-n', NAMESPACE]);
  await upgrade(5);
  expect(await backupClaim('.metadata.uid')).toBe(uid);
});

it('does not call a release deployed where it may not read ReplicaSets', async () => {
  const path = JSON.stringify([{ op: 'remove', path: `/rules/${await ruleOf('replicasets')}` }]);
  await kubectlOutput(cluster, ['patch', 'role', 'deployer', '-n', NAMESPACE, '--type=json', '-p', path]);
  const args = ['upgrade', 'platform', chart, '--wait', '--timeout', '8s', '--namespace', NAMESPACE];
  const { code, stderr } = await helm(args);
  expect(code).toBe(1);
  expect(stderr).toMatch(/replicasets|timed out|deadline/i);
});

async function upgrade(revision: number, values: readonly string[] = []): Promise<void> {
  const args = ['upgrade', '--install', 'platform', chart, '--wait', '--timeout', '90s', '--namespace', NAMESPACE];
  const { code, stdout, stderr } = await helm([...args, ...values]);
  // Helm 4 tells when it holds back its own requests
  const said = stderr.split('\n').filter((line) => line !== '' && !line.includes('client-side throttling'));
  expect({ code, said }).toEqual({ code: 0, said: [] });
  expect(stdout).toMatch(new RegExp(`STATUS: deployed\\nREVISION: ${revision}\\n`));
}

async function backupClaim(path: string): Promise<string> {
  return await kubectlOutput(cluster, ['get', 'pvc', 'postgres-backup', '-n', NAMESPACE, '-o', `jsonpath={${path}}`]);
}

/** A template in which every object is a part of the release. */
function withoutHooks(template: string): string {
  const [released = '', hook = ''] = template.split(/^\{\{- if not \(lookup .*\n/m);
  const object = hook.replace(/\{\{- end \}\}\n$/, '').replaceAll(/^ +helm\.sh\/(?:hook|resource).*\n/gm, '');
  return released + object.replace(/^ +annotations:\n(?! {4})/m, '');
}

function writeChart(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

/** Which generation each workload is of: it counts up with each change of what it should be. */
async function generations(): Promise<readonly string[]> {
  const each = '{range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}{"\\n"}{end}';
  const kinds = 'deployments,statefulsets';
  return (await kubectlOutput(cluster, ['get', kinds, '-n', NAMESPACE, '-o', `jsonpath=${each}`])).trim().split('\n');
}

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
