/**
 * Whether the account may do what the run will do: every right that dist/bootstrap grants is asked of the API server one
 * by one, as `kubectl auth can-i` does, in a single call of kubectl. Both come from the same function, so they agree.
 */
import { parseAllDocuments, stringify } from 'yaml';
import { Cursor, clusterReads, classReferences, deployerRights, resourceOf } from '#manifests';
import type { AppliedKind, ManifestSet, Right } from '#manifests';
import type { DesiredState } from '../desired-state.ts';
import type { DeployFault } from '../fault.ts';
import type { Kubectl } from '../kubectl/kubectl.ts';

/** One thing that an account may do or not. */
export interface Access {
  readonly group: string;
  /** Resource, with its sub-resource behind a slash. */
  readonly resource: string;
  readonly name: string | undefined;
  readonly verb: string;
  /** Whether it is asked for within the namespace. */
  readonly namespaced: boolean;
}

/** What the API server says of an account. */
export interface AccessAnswer {
  /** Who is asking, as the server knows them. */
  readonly user: string;
  readonly allowed: ReadonlySet<Access>;
}

/** Every access that a run needs; deleting only when it prunes. */
export function neededAccess(state: DesiredState, options: { readonly prunes: boolean }): readonly Access[] {
  const rights = deployerRights({
    tool: 'kubectl-server-side',
    kinds: appliedKinds(state.set),
    secrets: state.secrets.map(({ name }) => name),
    namespace: state.namespace,
    deletes: options.prunes,
  });
  const classes = clusterReads(classReferences(state.set));
  return [...rights.flatMap((right) => accesses(right, true)), ...classes.flatMap((right) => accesses(right, false))];
}

/** Access to list each of these kinds: what the search for leftovers takes, where it is granted. */
export function listAccess(kinds: readonly AppliedKind[]): readonly Access[] {
  return kinds.map(({ group, kind }) => ({
    group,
    resource: resourceOf(kind),
    name: undefined,
    verb: 'list',
    namespaced: true,
  }));
}

/** Kinds of a set, each once. */
export function appliedKinds({ objects }: ManifestSet): readonly AppliedKind[] {
  const kinds = new Map(objects.map(({ group, kind }) => [`${group}/${kind}`, { group, kind }]));
  return [...kinds.values()];
}

function accesses({ apiGroups, resources, resourceNames, verbs }: Right, namespaced: boolean): readonly Access[] {
  const names = resourceNames ?? [undefined];
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      names.flatMap((name) => verbs.map((verb) => ({ group, resource, name, verb, namespaced }))),
    ),
  );
}

/** Asks the API server. Throws with kubectl's words when it gives no answer. */
export async function askAccess(kubectl: Kubectl, needed: readonly Access[]): Promise<AccessAnswer> {
  const { code, out, err } = await kubectl.run(['create', '--validate=false', '-o', 'yaml', '-f', '-'], {
    input: reviews(needed, kubectl.namespace),
  });
  if (code !== 0) throw new Error(err.trim());
  return accessAnswer(out, needed);
}

/** Who am I, and one review for each access, as the API takes them. */
export function reviews(needed: readonly Access[], namespace: string): string {
  const who = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const asked = needed.map(({ group, resource, name, verb, namespaced }) => {
    const [main, subresource] = resource.split('/');
    const place = namespaced ? { namespace } : {};
    const attributes = { group, resource: main, subresource, name, verb, ...place };
    return {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: attributes },
    };
  });
  return [who, ...asked].map((review) => stringify(review)).join('---\n');
}

/** The answers that kubectl prints, in the order of the questions. */
export function accessAnswer(out: string, needed: readonly Access[]): AccessAnswer {
  const documents = parseAllDocuments(out);
  const [who, ...answers] = (Array.isArray(documents) ? documents : []).map((it) => new Cursor(it.toJS()));
  if (answers.length !== needed.length) {
    throw new Error(`kubectl answered ${answers.length} of ${needed.length} access reviews`);
  }
  return {
    user: who?.at('status', 'userInfo', 'username').text ?? 'the account',
    allowed: new Set(needed.filter((_, index) => answers[index]?.at('status', 'allowed').value === true)),
  };
}

/** One fault for each resource of which a right is missing, with the steps that would have failed. */
export function accessFaults(needed: readonly Access[], { user, allowed }: AccessAnswer): readonly DeployFault[] {
  const missing = new Map<string, Access[]>();
  for (const access of needed.filter((it) => !allowed.has(it))) {
    const object = resourceText(access);
    missing.set(object, [...(missing.get(object) ?? []), access]);
  }
  return [...missing].map(([object, accesses]) => {
    const purposes = [...new Set(accesses.map(purposeOf))];
    const verbs = accesses.map(({ verb }) => verb).join(', ');
    return {
      object,
      reason: 'missing-right',
      message: `${user} may not ${verbs} it, but ${purposes.join(' and ')} ${purposes.length > 1 ? 'need' : 'needs'} that`,
      next: 'kubectl apply --server-side -f dist/bootstrap/   (as an administrator: it grants the rights that this dist needs)',
    };
  });
}

function resourceText({ group, resource, name }: Access): string {
  return `${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : `/${name}`}`;
}

const FOLLOWED = new Set(['pods', 'events', 'replicasets', 'deployments', 'statefulsets', 'daemonsets', 'jobs']);

function purposeOf({ resource, verb, name, namespaced }: Access): string {
  if (name !== undefined || !namespaced) return 'the preflight';
  if (resource === 'pods/log') return 'the report of a failure';
  if (verb === 'create' || verb === 'patch') return 'the apply';
  if (verb === 'delete') return '--prune';
  if (FOLLOWED.has(resource)) return 'the wait for the rollout';
  return verb === 'list' ? 'the search for objects that are no longer in dist' : 'the apply';
}
