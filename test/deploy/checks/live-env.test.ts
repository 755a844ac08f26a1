import { describe, expect, it } from 'vitest';
import { Cursor } from '#manifests';
import { envListOwners, envOwners } from '../../../src/deploy/checks/field-owners.ts';
import { envDifferences } from '../../../src/deploy/checks/live-env.ts';

const USER = { name: 'DB_USER', value: 'auth' };
const PASS = { name: 'DB_PASS', valueFrom: { secretKeyRef: { name: 'keys', key: 'password' } } };
const URL = { name: 'DATABASE_URL', value: 'postgresql://$(DB_USER):$(DB_PASS)@postgres/video' };
const WANTED = [USER, PASS, URL];

function reasons(live: Parameters<typeof envDifferences>[1]) {
  return envDifferences(WANTED, live).map(({ reason, variable }) => `${reason} ${variable}`);
}

describe('envDifferences', () => {
  it('says nothing of the same list, nor of what the server fills in', () => {
    const filled = { name: 'DB_PASS', valueFrom: { secretKeyRef: { name: 'keys', key: 'password', optional: false } } };
    expect(reasons([USER, filled, URL])).toEqual([]);
  });

  it('finds a list in another order, and the reference that is late for it', () => {
    expect(reasons([USER, URL, PASS])).toEqual(['env-order DATABASE_URL', 'env-late DATABASE_URL']);
  });

  it('finds an addition that names what stands further down', () => {
    const live = [{ name: 'EXTRA', value: '$(DB_USER)' }, ...WANTED];
    expect(reasons(live)).toEqual(['env-late EXTRA', 'env-added EXTRA']);
  });

  it('finds an addition that gives text of ours another meaning', () => {
    const wanted = [{ name: 'PRICE', value: '$(FEE) a month' }];
    expect(envDifferences(wanted, [{ name: 'FEE', value: '3' }, ...wanted])).toMatchObject([
      { reason: 'env-expansion', variable: 'PRICE' },
      { reason: 'env-added', variable: 'FEE' },
    ]);
  });

  it('tells a harmless addition apart', () => {
    expect(reasons([...WANTED, { name: 'EXTRA', value: '$(DB_USER)' }])).toEqual(['env-added EXTRA']);
  });

  it('finds a value that was changed or taken away', () => {
    expect(reasons([{ name: 'DB_USER', value: 'root' }, URL])).toEqual([
      'env-value DB_USER',
      'env-missing DB_PASS',
      'env-expansion DATABASE_URL',
    ]);
  });
});

describe('field owners', () => {
  const workload = new Cursor({
    metadata: {
      managedFields: [
        manager('cdk8s-nats-deploy', 'Apply', ['DB_USER']),
        manager('kubectl-edit', 'Update', ['DB_USER', 'EXTRA']),
        { manager: 'kube-controller-manager', operation: 'Update', fieldsV1: { 'f:status': {} } },
      ],
    },
  });

  function manager(name: string, operation: string, variables: readonly string[]) {
    const env = Object.fromEntries(variables.map((it) => [`k:{"name":"${it}"}`, { '.': {}, 'f:value': {} }]));
    const containers = { 'k:{"name":"auth"}': { 'f:env': env } };
    const fieldsV1 = { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': containers } } } };
    return { manager: name, operation, time: '2026-01-01T00:00:00Z', fieldsV1 };
  }

  it('names who owns one variable, and who owns any', () => {
    const names = (owners: ReturnType<typeof envOwners>) => owners.map((it) => it.manager);
    expect(names(envOwners(workload, 'auth', 'EXTRA'))).toEqual(['kubectl-edit']);
    expect(names(envOwners(workload, 'auth', 'DB_USER'))).toEqual(['cdk8s-nats-deploy', 'kubectl-edit']);
    expect(names(envListOwners(workload, 'auth'))).toEqual(['cdk8s-nats-deploy', 'kubectl-edit']);
    expect(envListOwners(workload, 'other')).toEqual([]);
  });
});
