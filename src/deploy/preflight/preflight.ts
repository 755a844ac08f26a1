/** Everything that can be known to be wrong before anything is changed; all of it is told at once. */
import { classReferences, resourceOf } from '#manifests';
import type { AppliedKind, ManifestSet } from '#manifests';
import { accessFaults, askAccess, listAccess, neededAccess, type Access, type AccessAnswer } from './access.ts';
import type { Change, Tell } from '../deploy-event.ts';
import type { DesiredState } from '../desired-state.ts';
import { dryRun } from './dry-run.ts';
import { edgeNameFault } from '../checks/edge-check.ts';
import { chosenEdge, type EdgeChoice } from '../checks/edge-targets.ts';
import { DeployFailure, type DeployFault } from '../fault.ts';
import type { Kubectl } from '../kubectl/kubectl.ts';
import { searchedKinds } from '../prune/leftovers.ts';
import { liveObjects, type LiveObjects } from '../kubectl/live-objects.ts';
import { presentKeys, secretFaults } from './required-keys.ts';
import { skewWarning, versionFaults, versionsOf } from './server-version.ts';

/** What the preflight learns and later steps use. */
export interface PreflightResult {
  /** Objects of dist as they were before. */
  readonly before: LiveObjects;
  readonly changes: ReadonlyMap<string, Change>;
  /** Kinds that the account may list. */
  readonly listable: readonly AppliedKind[];
}

/** How it is done. */
export interface PreflightOptions extends EdgeChoice {
  readonly dist: string;
  readonly prunes: boolean;
  readonly forcesConflicts: boolean;
  readonly tell: Tell;
}

/** Looks. Throws a `DeployFailure` with every fault. */
export async function preflight(
  kubectl: Kubectl,
  state: DesiredState,
  options: PreflightOptions,
): Promise<PreflightResult> {
  const { tell } = options;
  const access = await reach(kubectl, state, options);
  const faults: DeployFault[] = [...accessFaults(access.needed, access.answer)];
  const may = (verb: string, resource: string, name: string) =>
    access.needed.some(
      (it) => it.verb === verb && it.resource === resource && it.name === name && access.answer.allowed.has(it),
    );

  const namespaceThere = may('get', 'namespaces', state.namespace) ? await namespaceFaults(kubectl) : [];
  faults.push(...namespaceThere);
  for (const secret of state.secrets.filter(({ name }) => may('get', 'secrets', name))) {
    faults.push(...secretFaults(secret, await presentKeys(kubectl, secret.name), options.dist));
  }
  faults.push(...(await classFaults(kubectl, state.set, may)));

  const edge = chosenEdge(options, state.set);
  const unknownEdge = edge === undefined ? undefined : await edgeNameFault(edge);
  if (unknownEdge !== undefined) faults.push(unknownEdge);

  // without a namespace, or the right to apply, the trial would only repeat what is known
  const canTry =
    namespaceThere.length === 0 && access.needed.every((it) => !isForApply(it) || access.answer.allowed.has(it));
  const before: LiveObjects = canTry ? await liveObjects(kubectl, state.files) : new Map();
  const trial = canTry ? await dryRun(kubectl, state, { before, forcesConflicts: options.forcesConflicts }) : undefined;
  for (const { object, text } of trial?.warnings ?? []) tell({ event: 'warning', step: 'preflight', object, text });
  faults.push(...(trial?.faults ?? []));

  if (faults.length > 0) throw new DeployFailure('preflight', faults);
  return { before, changes: trial?.changes ?? new Map(), listable: access.listable };
}

interface ReachedServer {
  readonly needed: readonly Access[];
  readonly answer: AccessAnswer;
  readonly listable: readonly AppliedKind[];
}

/** Versions and rights; a server that cannot be reached ends it here. */
async function reach(
  kubectl: Kubectl,
  state: DesiredState,
  { prunes, tell }: PreflightOptions,
): Promise<ReachedServer> {
  const asked = await kubectl.run(['version', '-o', 'json']);
  if (asked.code !== 0) throw new DeployFailure('preflight', [unreachable(kubectl, asked.err)]);
  const versions = versionsOf(JSON.parse(asked.out));
  const tooOld = versionFaults(versions);
  if (tooOld.length > 0) throw new DeployFailure('preflight', tooOld);
  const skew = skewWarning(versions);
  if (skew !== undefined) tell({ event: 'warning', step: 'preflight', object: 'kubectl', text: skew });

  const needed = neededAccess(state, { prunes });
  const searched = searchedKinds(state.set);
  const lists = listAccess(searched);
  const answer = await askAccess(kubectl, [...needed, ...lists]).catch((error: unknown) => {
    throw error instanceof Error && error.name !== 'AbortError'
      ? new DeployFailure('preflight', [unreachable(kubectl, error.message)])
      : error;
  });
  const text = `server ${versions.server}, as ${answer.user}, ${needed.length} rights checked`;
  tell({ event: 'note', step: 'preflight', text });
  return {
    needed,
    answer,
    listable: searched.filter((_, index) => lists[index] !== undefined && answer.allowed.has(lists[index])),
  };
}

function unreachable(kubectl: Kubectl, err: string): DeployFault {
  const message = err.trim().split('\n').at(-1) ?? '';
  const refused = /Unauthorized|must be logged in/i.test(err);
  return {
    object: 'API server',
    reason: refused ? 'unauthorized' : 'unreachable',
    message: refused
      ? `does not accept the credentials (a token may have expired): ${message}`
      : `does not answer: ${message}`,
    next: refused ? 'npm run deploy:kubeconfig -- --help' : kubectl.line('version'),
  };
}

async function namespaceFaults(kubectl: Kubectl): Promise<readonly DeployFault[]> {
  const { code, out, err } = await kubectl.run([
    'get',
    'namespace',
    kubectl.namespace,
    '--ignore-not-found',
    '-o',
    'name',
  ]);
  if (code === 0 && out.trim() !== '') return [];
  const message = code === 0 ? 'does not exist' : err.trim();
  const next = 'kubectl apply --server-side -f dist/bootstrap/   (as an administrator)';
  return [{ object: `Namespace/${kubectl.namespace}`, reason: 'missing-namespace', message, next }];
}

/** Classes that dist asks for and the cluster does not have: an Ingress of such a class is served by nobody, no pod of such a priority is created. */
async function classFaults(
  kubectl: Kubectl,
  set: ManifestSet,
  may: (verb: string, resource: string, name: string) => boolean,
): Promise<readonly DeployFault[]> {
  const { ingressClasses, storageClasses, gatewayClasses, priorityClasses } = classReferences(set);
  const wanted = [
    ...ingressClasses.map((name) => ({ kind: 'IngressClass', name })),
    ...storageClasses.map((name) => ({ kind: 'StorageClass', name })),
    ...gatewayClasses.map((name) => ({ kind: 'GatewayClass', name })),
    ...priorityClasses.map((name) => ({ kind: 'PriorityClass', name })),
  ].filter(({ kind, name }) => may('get', resourceOf(kind), name));
  const faults = await Promise.all(
    wanted.map(async ({ kind, name }): Promise<DeployFault[]> => {
      const args = ['get', resourceOf(kind), name];
      const { code, out, err } = await kubectl.run([...args, '--ignore-not-found', '-o', 'name']);
      if (code === 0 && out.trim() !== '') return [];
      const message = code === 0 ? 'does not exist, but objects in dist use it' : err.trim();
      return [
        { object: `${kind}/${name}`, reason: 'missing-class', message, next: kubectl.line('get', resourceOf(kind)) },
      ];
    }),
  );
  return faults.flat();
}

function isForApply({ verb, namespaced, name }: Access): boolean {
  return namespaced && name === undefined && (verb === 'get' || verb === 'create' || verb === 'patch');
}
