/**
 * The generated Role is minimal over the steps of `npm run deploy`: with any one verb of it removed, the step that needs it
 * ends with words that name the verb and the resource. The six grants of the original are always there and exempt.
 */
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { resourceOf } from '#manifests';
import type { ManifestObject } from '#manifests';
import { bootstrap, deployerKubeconfig, makeRequiredSecrets } from '#test-support/cluster/deployer-account';
import { kubectlOutput } from '#test-support/cluster/kubectl';
import {
  accountsWithoutOne,
  grantsOf,
  grantText,
  withoutClusterRole,
  type Grant,
  type RoleRule,
} from '#test-support/cluster/lesser-accounts';
import { platformFolder } from '#test-support/cluster/platform-folder';
import { accessFaults, askAccess, neededAccess } from '../../src/deploy/preflight/access.ts';
import { readDesiredState, type DesiredState } from '../../src/deploy/desired-state.ts';
import { DeployFailure } from '../../src/deploy/fault.ts';
import { Kubectl } from '../../src/deploy/kubectl/kubectl.ts';
import { deleteLeftover, findLeftovers } from '../../src/deploy/prune/leftovers.ts';
import { liveObjects } from '../../src/deploy/kubectl/live-objects.ts';
import { presentKeys } from '../../src/deploy/preflight/required-keys.ts';
import { serverApply } from '../../src/deploy/kubectl/server-apply.ts';
import { waitForRollouts } from '../../src/deploy/wait/wait.ts';

const cluster = inject('cluster');
const NAMESPACE = 'rights';
const dist = platformFolder(cluster, { namespace: NAMESPACE });
const granted = grantsOf(rulesOf('Role'));
const exempt = granted.filter(isOriginal);
const tried = granted.filter((grant) => !isOriginal(grant));
const environment = { PATH: process.env.PATH, KUBECONFIG: process.env.KUBECONFIG };

let state: DesiredState;
let lesser: ReadonlyMap<Grant, string>;
let whole = '';
let pod = '';

beforeAll(async () => {
  state = await readDesiredState(dist);
  await bootstrap(cluster, dist);
  await makeRequiredSecrets(cluster, dist, NAMESPACE);
  lesser = await accountsWithoutOne(cluster, NAMESPACE, granted, `${NAMESPACE}-deployer`);
  whole = await deployerKubeconfig(cluster, NAMESPACE);
  await kubectlOutput(cluster, ['apply', '--server-side', '-f', join(dist, '20-auth.yaml')]);
  const args = ['-n', NAMESPACE, 'pod', '-l', 'app=auth'];
  await kubectlOutput(cluster, ['wait', ...args, '--for=create', '--for=condition=Ready', '--timeout=60s']);
  pod = (await kubectlOutput(cluster, ['get', ...args, '-o', 'jsonpath={.items[0].metadata.name}'])).trim();
  process.env.PATH = `${dirname(cluster.programs.kubectl)}${delimiter}${environment.PATH ?? ''}`;
});
afterAll(async () => {
  Object.assign(process.env, environment);
  await kubectlOutput(cluster, ['delete', 'namespace', NAMESPACE, '--wait=false']);
});

it('holds the six grants of the original', () => {
  expect(exempt.map(grantText).sort()).toEqual([
    ...['get events', 'get replicasets.apps', 'list events', 'list replicasets.apps'],
    ...['watch events', 'watch replicasets.apps'],
  ]);
});

it('lets every step pass that is tried below', async () => {
  const faults: string[] = [];
  for (const grant of tried) {
    const said = await stepNeeding(grant, kubectlOf(whole), 300);
    if (/forbidden|cannot/i.test(said)) faults.push(`${grantText(grant)}: ${said}`);
  }
  expect(faults).toEqual([]);
});

describe('without one of its grants', () => {
  it.each(tried.map((grant) => [grantText(grant), grant] as const))('%s', async (_text, grant) => {
    const kubectl = kubectlOf(lesser.get(grant) ?? '');
    expect(await stepNeeding(grant, kubectl, 30_000)).toMatch(refusalOf(grant));
    const needed = neededAccess(state, { prunes: true });
    const faults = accessFaults(needed, await askAccess(kubectl, needed));
    expect(faults.map(({ object, reason, message }) => ({ object, reason, message }))).toEqual([
      {
        object: objectOf(grant),
        reason: 'missing-right',
        message: expect.stringContaining(` may not ${grant.verb} it`),
      },
    ]);
  });
});

it('without its ClusterRole, the preflight names the classes that it cannot read', async () => {
  const kubectl = kubectlOf(withoutClusterRole(cluster, NAMESPACE));
  const needed = neededAccess(state, { prunes: true });
  expect(accessFaults(needed, await askAccess(kubectl, needed))).toMatchObject([
    { object: 'ingressclasses.networking.k8s.io/traefik', reason: 'missing-right' },
    { object: `priorityclasses.scheduling.k8s.io/${NAMESPACE}-stores`, reason: 'missing-right' },
  ]);
});

/** Runs the step of a deployment that needs a grant, a wait for so long, and gives what was said of it. */
async function stepNeeding({ verb, resource, name }: Grant, kubectl: Kubectl, waitMs: number): Promise<string> {
  if (name !== undefined) return await said(async () => await readByName(kubectl, resource, name));
  if (resource.startsWith('pods') && verb === 'get') return await said(async () => await kubectl.run(['logs', pod]));
  if (resource === 'pods') return await said(async () => await wait(kubectl, objectOfKind('deployments'), waitMs));
  const object = objectOfKind(resource);
  const { group, kind } = object;
  switch (verb) {
    case 'get':
      return await said(async () => await liveObjects(kubectl, [fileOf(kind)]));
    case 'list':
      return await said(async () => await findLeftovers(kubectl, state.set, [{ group, kind }]));
    case 'watch':
      return await said(async () => await wait(kubectl, object, waitMs));
    case 'delete': {
      const gone = { kind, name: 'was-never-there', resource: objectOf({ group, resource }), kept: false };
      return await said(async () => await deleteLeftover(kubectl, gone));
    }
    default:
      return await said(async () => {
        const manifest = { ...(object.root.value as object), metadata: { name: 'new', namespace: NAMESPACE } };
        const apply = { files: ['-'], input: JSON.stringify(manifest), dryRun: true, forcesConflicts: false };
        return await serverApply(kubectl, { ...apply, output: 'name' });
      });
  }
}

async function readByName(kubectl: Kubectl, resource: string, name: string): Promise<unknown> {
  return resource === 'secrets' ? await presentKeys(kubectl, name) : await kubectl.run(['get', resource, name]);
}

/** Waits for a workload that was not applied, so that time alone or a refusal ends it. */
async function wait(kubectl: Kubectl, { kind, name }: ManifestObject, timeoutMs: number): Promise<void> {
  const other = state.workloads.find((it) => it.kind === kind && it.name !== name);
  if (other === undefined) throw new Error(`dist holds one ${kind} alone`);
  await waitForRollouts(kubectl, [other], { timeoutMs, tell: () => undefined, step: 'wait' });
}

async function said(step: () => Promise<unknown>): Promise<string> {
  try {
    const answer = (await step()) as { readonly err?: string; readonly message?: string } | undefined;
    return answer?.err ?? answer?.message ?? '';
  } catch (error) {
    if (error instanceof DeployFailure) return error.faults.map(({ message }) => message).join('\n');
    return error instanceof Error ? error.message : String(error);
  }
}

function kubectlOf(kubeconfig: string): Kubectl {
  process.env.KUBECONFIG = kubeconfig;
  return new Kubectl({ context: undefined, namespace: NAMESPACE }, new AbortController().signal);
}

function refusalOf({ verb, resource, group }: Grant): RegExp {
  return new RegExp(`cannot ${verb} resource "${resource}" in API group "${group}"`);
}

function objectOf({
  group,
  resource,
  name,
}: Pick<Grant, 'group' | 'resource'> & { readonly name?: string | undefined }): string {
  return `${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : `/${name}`}`;
}

function objectOfKind(resource: string): ManifestObject {
  const found = state.set.objects.find(({ kind }) => resourceOf(kind) === resource);
  if (found === undefined) throw new Error(`${resource} is granted, and dist holds none`);
  return found;
}

function fileOf(kind: string): string {
  const file = state.files.find((it) => readFileSync(it, 'utf8').includes(`\nkind: ${kind}\n`));
  if (file === undefined) throw new Error(`no file of dist holds a ${kind}`);
  return file;
}

function rulesOf(kind: 'Role' | 'ClusterRole'): readonly RoleRule[] {
  const documents = parseAllDocuments(readFileSync(join(dist, 'bootstrap/10-deployer.yaml'), 'utf8'));
  const objects = documents.map((it) => it.toJS() as { readonly kind: string; readonly rules: readonly RoleRule[] });
  return objects.find((object) => object.kind === kind)?.rules ?? [];
}

function isOriginal({ group, resource, verb }: Grant): boolean {
  const read = ['get', 'list', 'watch'].includes(verb);
  return read && ((group === 'apps' && resource === 'replicasets') || (group === '' && resource === 'events'));
}
