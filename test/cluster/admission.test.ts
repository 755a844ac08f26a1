/** The rules of a microservice, kept by the API server. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { bootstrap } from '#test-support/cluster/deployer-account';
import { kubectl, kubectlOutput, type Outcome } from '#test-support/cluster/kubectl';
import { platformFolder } from '#test-support/cluster/platform-folder';
import { eventually } from '#test-support/eventually';

const cluster = inject('cluster');
const DENYING = 'admission-deny';
const WARNING = 'admission-warn';
const folders = {
  [DENYING]: platformFolder(cluster, { namespace: DENYING, admission: 'deny' }),
  [WARNING]: platformFolder(cluster, { namespace: WARNING, admission: 'warn' }),
};
const limits = { cpu: '100m', memory: '64Mi' };

beforeAll(async () => {
  for (const [namespace, folder] of Object.entries(folders)) {
    await bootstrap(cluster, folder, ['admission']);
    // a policy is in force a moment after it was made
    await eventually(async () => {
      const { stderr } = await tryOut(namespace, deployment({ resources: {} }));
      if (!stderr.includes('has no limit')) throw new Error(`the policy of ${namespace} is not in force: ${stderr}`);
    }, 30_000);
  }
});
afterAll(async () => {
  for (const [namespace, folder] of Object.entries(folders)) {
    await kubectlOutput(cluster, ['delete', '-f', `${folder}/bootstrap/admission`]);
    await kubectlOutput(cluster, ['delete', 'namespace', namespace, '--wait=false']);
  }
});

describe('the policy that denies', () => {
  it('admits all of dist, without a warning', async () => {
    const args = ['apply', '--server-side', '--dry-run=server', '-f', folders[DENYING]];
    const { code, stderr } = await kubectl(cluster, args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('admits a right service', async () => {
    expect(await tryOut(DENYING, deployment({}))).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['a late reference', { env: [value('URL', 'x://$(HOST)/'), value('HOST', 'h')] }, 'shop: URL references $(HOST)'],
    ['one behind an escape', { env: [value('URL', '$$$(HOST)'), value('HOST', 'h')] }, 'URL references $(HOST)'],
    ['one among others', { env: [value('A', '1'), value('URL', '$(A)$(B)'), value('B', '2')] }, 'URL references $(B)'],
    ['a reference to itself', { env: [value('LOOP', '$(LOOP)x')] }, 'LOOP references $(LOOP)'],
    ['another port', { ports: [{ containerPort: 3000 }] }, 'no container shop with port 8000'],
    ['no port', { ports: [] }, 'no container shop with port 8000'],
    ['no limits', { resources: {} }, 'shop has no limit for cpu, shop has no limit for memory'],
    ['no limit of memory', { resources: { limits: { cpu: '1' } } }, 'shop has no limit for memory'],
    ['a password', { env: [value('DB_PASSWORD', 'hunter2')] }, 'shop: DB_PASSWORD'],
    ['a password in a URL', { env: [value('DATABASE_URL', 'postgresql://u:hunter2@h/d')] }, 'shop: DATABASE_URL'],
  ])('refuses %s', async (_what, container, words) => {
    const { code, stderr } = await tryOut(DENYING, deployment(container));
    expect(code).toBe(1);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('hunter2');
  });

  it.each([
    ['an escaped reference', [value('URL', 'x://$$(HOST)/'), value('HOST', 'h')]],
    ['a name that stands nowhere', [value('COMMAND', '$(hostname)')]],
    ['an unterminated reference', [value('URL', 'x://$(HOST'), value('HOST', 'h')]],
    ['a URL whose password is named', [value('DATABASE_URL', 'postgresql://$(U):$(P)@h/d')]],
    ['a key that everybody may know', [value('TICKET_PUBLIC_KEY', 'MCowBQYDK2VwAyEA')]],
  ])('admits %s', async (_what, env) => {
    expect(await tryOut(DENYING, deployment({ env }))).toMatchObject({ code: 0, stderr: '' });
  });

  it('admits a reference to itself where envFrom may have set the name', async () => {
    const envFrom = [{ configMapRef: { name: 'paths', optional: true } }];
    const container = { env: [value('SEARCH', '$(SEARCH):/opt')], envFrom };
    expect(await tryOut(DENYING, deployment(container))).toMatchObject({ code: 0, stderr: '' });
  });

  it('judges init containers, and the pods of a CronJob', async () => {
    const initial = { ...deployment({}) };
    const pod = initial.spec.template.spec;
    const withInit = { ...pod, initContainers: [{ ...main({ ports: [] }), name: 'first', resources: {} }] };
    const spec = { ...initial.spec, template: { ...initial.spec.template, spec: withInit } };
    expect((await tryOut(DENYING, { ...initial, spec })).stderr).toContain('first has no limit for cpu');
    const late = { restartPolicy: 'Never', containers: [main({ env: [value('A', '$(B)'), value('B', '1')] })] };
    const cron = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly' },
      spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: { spec: late } } } },
    };
    expect((await tryOut(DENYING, cron)).stderr).toContain('shop: A references $(B)');
  });

  it('names every rule that is broken by its own words', async () => {
    const { stderr } = await tryOut(DENYING, deployment({ resources: {}, ports: [] }));
    expect(stderr).toMatch(/admission-deny-workloads.*denied request: no container shop with port 8000/);
  });
});

describe('the policy that warns', () => {
  it('lets in what the other refuses, and tells whoever applies it', async () => {
    const { code, stderr } = await tryOut(WARNING, deployment({ env: [value('URL', '$(HOST)'), value('HOST', 'h')] }));
    expect(code).toBe(0);
    expect(stderr).toContain('Warning: Validation failed for ValidatingAdmissionPolicy');
    expect(stderr).toContain('shop: URL references $(HOST), which has no value before it in env');
  });

  it('lets whoever reads the audit log know', async () => {
    await kubectlOutput(cluster, ['apply', '-n', WARNING, '-f', '-'], { input: deployment({ resources: {} }) });
    await eventually(() => {
      const lines = readFileSync(cluster.auditLog, 'utf8').split('\n');
      const noted = lines.filter((line) => line.includes('validation_failure') && line.includes(WARNING));
      expect(noted.join('\n')).toContain('shop has no limit for memory');
    });
  });
});

async function tryOut(namespace: string, input: object): Promise<Outcome> {
  const args = ['apply', '--server-side', '--dry-run=server', '-n', namespace, '-f', '-'];
  // PodSecurity warns of what is left out here for brevity
  const outcome = await kubectl(cluster, args, { input });
  return { ...outcome, stderr: outcome.stderr.replace(/^Warning: would violate PodSecurity.*\n/gm, '') };
}

function value(name: string, text: string): object {
  return { name, value: text };
}

function main(rest: object): object {
  return {
    name: 'shop',
    image: 'registry.example/shop:1',
    ports: [{ containerPort: 8000 }],
    resources: { limits },
    ...rest,
  };
}

function deployment(rest: object) {
  const labels = { app: 'shop' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [main(rest)] } } },
  };
}
