/** `npm run deploy` of the committed dist, from an empty namespace on, as the deployer. */
import { cpSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { asAdministrator, deploy } from '#test-support/cluster/deploy-command';
import { bootstrap } from '#test-support/cluster/deployer-account';
import { kubectl, kubectlOutput } from '#test-support/cluster/kubectl';
import { platformFolder } from '#test-support/cluster/platform-folder';

const cluster = inject('cluster');
const NAMESPACE = 'deployed';
const EXIT_CHECKS = 6;
const dist = platformFolder(cluster, { namespace: NAMESPACE });

const kubeconfig = join(cluster.folder, 'deployed.kubeconfig');
beforeAll(async () => {
  await bootstrap(cluster, dist, ['admission', 'k3s']);
  const given = {
    'registry-credentials/.dockerconfigjson': '{"auths":{}}',
    'video-tls/tls.crt': 'a',
    'video-tls/tls.key': 'b',
  };
  const flags = Object.entries(given).flatMap(([key, text], index) => {
    const file = join(cluster.folder, `given-${index}`);
    writeFileSync(file, text);
    return ['--given', `${key}=${file}`];
  });
  await asAdministrator(cluster, 'src/cli/main.ts', ['secrets', 'generate', '--apply', dist, ...flags]);
  const account = ['--namespace', NAMESPACE, '--out', kubeconfig];
  await asAdministrator(cluster, 'deploy/deploy-kubeconfig.ts', account);
});
afterAll(async () => {
  await kubectlOutput(cluster, ['delete', 'namespace', NAMESPACE, '--wait=false']);
});

it('has a kubeconfig of the deployer that its owner alone may read', async () => {
  expect(statSync(kubeconfig).mode & 0o777).toBe(0o600);
  const who = await kubectlOutput(cluster, ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'], {
    kubeconfig,
  });
  expect(who).toBe(`system:serviceaccount:${NAMESPACE}:deployer`);
});

it('deploys all of it and waits to the end, then finds nothing to change', async () => {
  const first = await deploy(cluster, kubeconfig, ['--dist', dist]);
  expect({ code: first.code, faults: first.faults }).toEqual({ code: 0, faults: [] });
  const applied = first.lines.filter(({ event, step }) => event === 'object' && step === 'apply');
  expect(applied.length).toBeGreaterThan(40);
  expect(new Set(applied.map(({ change }) => change))).toEqual(new Set(['created']));

  const second = await deploy(cluster, kubeconfig, ['--dist', dist]);
  expect({ code: second.code, faults: second.faults }).toEqual({ code: 0, faults: [] });
  const again = second.lines.filter(({ event, step }) => event === 'object' && step === 'apply');
  expect(again.filter(({ change }) => change !== 'unchanged')).toEqual([]);
});

it('lists exactly what dist no longer has, and deletes it only when it is asked', async () => {
  const smaller = mkdtempSync(join(cluster.folder, 'smaller-'));
  cpSync(dist, smaller, { recursive: true });
  rmSync(join(smaller, '25-stats.yaml'));
  const stats = await objectsOf('25-stats.yaml');
  expect(stats).toContain('Deployment/stats');

  const listed = await deploy(cluster, kubeconfig, ['--dist', smaller]);
  const found = listed.lines.filter(({ event, outcome }) => event === 'leftover' && outcome === 'found');
  expect(found.map(({ object }) => object).sort()).toEqual(stats);
  expect((await kubectl(cluster, ['get', 'deployment', 'stats', '-n', NAMESPACE])).code).toBe(0);

  const pruned = await deploy(cluster, kubeconfig, ['--dist', smaller, '--prune']);
  expect({ code: pruned.code, faults: pruned.faults }).toEqual({ code: 0, faults: [] });
  const left = await kubectlOutput(cluster, [
    'get',
    '-f',
    join(dist, '25-stats.yaml'),
    '--ignore-not-found',
    '-o',
    'name',
  ]);
  expect(left).toBe('');
});

it('finds a foreign field manager’s variable that breaks the order, and names the manager', async () => {
  const env = [
    { name: 'REGION_HOST', value: 'db.$(REGION)' },
    { name: 'REGION', value: 'north' },
  ];
  const foreign = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'auth', namespace: NAMESPACE },
    spec: { template: { spec: { containers: [{ name: 'auth', env }] } } },
  };
  const flags = ['apply', '--server-side', '--field-manager=somebody', '-f', '-'];
  await kubectlOutput(cluster, flags, { input: foreign });
  const { code, faults } = await deploy(cluster, kubeconfig, ['--dist', dist]);
  expect(code).toBe(EXIT_CHECKS);
  expect(faults).toMatchObject([{ step: 'checks', object: 'Deployment/auth' }]);
  expect(faults[0]?.message).toMatch(/REGION(.|\n)*"somebody"/);
});

async function objectsOf(file: string): Promise<readonly string[]> {
  const args = ['get', '-f', join(dist, file), '-o', 'jsonpath={range .items[*]}{.kind}/{.metadata.name}{"\\n"}{end}'];
  return (await kubectlOutput(cluster, args)).trim().split('\n').sort();
}
