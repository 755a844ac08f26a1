/** A rollout that cannot succeed ends before its deadline, with its cause, what was seen, and the exit code of the wait. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { k3s } from '#video-platform';
import { FAULT_TAGS } from '#test-support/cluster/container-outcome';
import { deploy, type DeployRun } from '#test-support/cluster/deploy-command';
import { bootstrap, deployerKubeconfig, makeRequiredSecrets } from '#test-support/cluster/deployer-account';
import { kubectlOutput } from '#test-support/cluster/kubectl';
import { oneService, platformFolder } from '#test-support/cluster/platform-folder';

const cluster = inject('cluster');
const NAMESPACE = 'failing';
/** Longer than the progress deadline of a Deployment of dist, so that neither is what ends a run. */
const DEADLINE = ['--timeout', '5m'];
const EXIT_PREFLIGHT = 3;
const EXIT_WAIT = 5;

let kubeconfig = '';
beforeAll(async () => {
  const dist = platformFolder(cluster, { namespace: NAMESPACE });
  await bootstrap(cluster, dist);
  await makeRequiredSecrets(cluster, dist, NAMESPACE);
  kubeconfig = await deployerKubeconfig(cluster, NAMESPACE);
});
afterAll(async () => {
  await kubectlOutput(cluster, ['delete', 'namespace', NAMESPACE, '--wait=false']);
});

describe('a rollout of auth fails', () => {
  it('on an image that cannot be pulled', async () => {
    const { code, faults } = await run(withTag(FAULT_TAGS.unpullable));
    expect(code).toBe(EXIT_WAIT);
    expect(faults).toMatchObject([{ step: 'wait', object: 'Deployment/auth', reason: 'ImagePullBackOff' }]);
    expect(faults[0]?.message).toContain(`auth:${FAULT_TAGS.unpullable}`);
    expect(faults[0]?.next).toContain('kubectl');
  });

  it('on a crash loop, with the last words of the container', async () => {
    const { code, faults } = await run(withTag(FAULT_TAGS.crashing));
    expect(code).toBe(EXIT_WAIT);
    expect(faults).toMatchObject([{ step: 'wait', object: 'Deployment/auth', reason: 'CrashLoopBackOff' }]);
    expect(JSON.stringify(faults[0]?.evidence)).toContain('auth ends: its image asks for a crash');
  });

  it('on a key that its Secret lacks, which the required list does not know', async () => {
    const { code, faults } = await run((folder) => edit(folder, 'key: auth-db-password', 'key: no-such-key'));
    expect(code).toBe(EXIT_WAIT);
    expect(faults).toMatchObject([{ step: 'wait', object: 'Deployment/auth', reason: 'CreateContainerConfigError' }]);
    expect(faults[0]?.message).toContain("couldn't find key no-such-key in Secret failing/video-service-secrets");
  });

  it('on a quota', async () => {
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'none' },
      spec: { hard: { pods: '0' } },
    };
    await kubectlOutput(cluster, ['apply', '-n', NAMESPACE, '-f', '-'], { input: quota });
    const { code, faults } = await run((folder) => edit(folder, 'value: info', 'value: debug'));
    await kubectlOutput(cluster, ['delete', 'resourcequota', 'none', '-n', NAMESPACE]);
    expect(code).toBe(EXIT_WAIT);
    expect(faults).toMatchObject([{ step: 'wait', object: 'Deployment/auth' }]);
    expect(faults[0]?.message).toContain('exceeded quota: none');
  });
});

it('a key that the required list knows and that is missing is told before anything is applied', async () => {
  const patch = JSON.stringify([{ op: 'remove', path: '/data/auth-db-password' }]);
  const secret = ['secret', 'video-service-secrets', '-n', NAMESPACE];
  await kubectlOutput(cluster, ['patch', ...secret, '--type=json', '-p', patch]);
  const { code, faults, lines } = await run(() => undefined);
  expect(code).toBe(EXIT_PREFLIGHT);
  expect(faults).toMatchObject([{ step: 'preflight', object: 'Secret/video-service-secrets', reason: 'missing-key' }]);
  expect(faults[0]?.message).toContain('has no value for auth-db-password');
  expect(lines.filter(({ step }) => step === 'apply')).toEqual([]);
});

async function run(change: (folder: string) => void): Promise<DeployRun> {
  const folder = oneService(platformFolder(cluster, { namespace: NAMESPACE }), 'auth');
  change(folder);
  return await deploy(cluster, kubeconfig, ['--dist', folder, ...DEADLINE]);
}

function withTag(tag: string): (folder: string) => void {
  return (folder) => edit(folder, k3s.images.auth, `${k3s.images.auth.replace(/:[^:]+$/, '')}:${tag}`);
}

function edit(folder: string, before: string, after: string): void {
  const file = join(folder, '20-auth.yaml');
  const text = readFileSync(file, 'utf8');
  if (!text.includes(before)) throw new Error(`${file} does not hold ${before}`);
  writeFileSync(file, text.replaceAll(before, after));
}
