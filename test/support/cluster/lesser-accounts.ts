/** Accounts that have every right of a Role but one. */
import { join } from 'node:path';
import type { ClusterAddress } from './cluster.ts';
import { kubectlOutput } from './kubectl.ts';
import { writeImpersonation } from './kubeconfig.ts';

/** A rule of a Role or ClusterRole. */
export interface RoleRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** One verb on one resource, which is one of its names where those are listed. */
export interface Grant {
  readonly group: string;
  readonly resource: string;
  readonly name: string | undefined;
  readonly verb: string;
}

/** The grants of rules, one by one. */
export function grantsOf(rules: readonly RoleRule[]): readonly Grant[] {
  return rules.flatMap(({ apiGroups, resources, resourceNames = [undefined], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.flatMap((name) => verbs.map((verb) => ({ group, resource, name, verb }))),
      ),
    ),
  );
}

/** A grant in words. */
export function grantText({ group, resource, name, verb }: Grant): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` ${name}`}`;
}

/**
 * Makes an account for each grant that has all grants but that one, and the ClusterRole; gives the kubeconfig of each. One
 * more has all grants without the ClusterRole.
 */
export async function accountsWithoutOne(
  cluster: ClusterAddress,
  namespace: string,
  grants: readonly Grant[],
  clusterRole: string,
): Promise<ReadonlyMap<Grant, string>> {
  const rbac = 'rbac.authorization.k8s.io';
  const names = grants.map((_, index) => `lacking-${index}`);
  const items = [...names, WITHOUT_CLUSTER_ROLE].flatMap((name, index) => {
    const lacking = grants[index];
    const metadata = { name, namespace };
    const rules = grants.filter((grant) => grant !== lacking).map(ruleOf);
    const subjects = [{ kind: 'ServiceAccount', name, namespace }];
    return [
      { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: rbac, kind: 'Role', name },
        subjects,
      },
    ];
  });
  const binding = {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: `${namespace}-lacking` },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: clusterRole },
    subjects: names.map((name) => ({ kind: 'ServiceAccount', name, namespace })),
  };
  const list = { apiVersion: 'v1', kind: 'List', items: [...items, binding] };
  await kubectlOutput(cluster, ['create', '-f', '-'], { input: list });
  return new Map(grants.map((grant, index) => [grant, kubeconfigOf(cluster, namespace, names[index] ?? '')]));
}

/** kubeconfig of the account that has all grants without the ClusterRole. */
export function withoutClusterRole(cluster: ClusterAddress, namespace: string): string {
  return kubeconfigOf(cluster, namespace, WITHOUT_CLUSTER_ROLE);
}

const WITHOUT_CLUSTER_ROLE = 'lacking-cluster-role';

function kubeconfigOf(cluster: ClusterAddress, namespace: string, account: string): string {
  const file = join(cluster.folder, `${namespace}-${account}.kubeconfig`);
  writeImpersonation(file, cluster.access, { namespace, account });
  return file;
}

function ruleOf({ group, resource, name, verb }: Grant): RoleRule {
  const resourceNames = name === undefined ? {} : { resourceNames: [name] };
  return { apiGroups: [group], resources: [resource], ...resourceNames, verbs: [verb] };
}
