/**
 * What a deployer must be allowed to do, computed from the kinds that it applies and the tool that applies and waits.
 * Tried on a real API server with RBAC: without `list` and `watch` the waiting tools hang or give up although the rollout
 * is complete; kubectl 1.36 sees that it is with either of them, 1.32 with `list` alone, and neither can follow one that
 * goes on without `watch`. Helm 4 needs watch on every kind, Helm 3 list on replicasets.
 */
import type { ClassReferences } from './class-references.ts';
import { resourceOf } from './resource-names.ts';

/** What applies the manifests and waits for them. */
export type DeployTool = 'kubectl-client-side' | 'kubectl-server-side' | 'helm';

/** A rule of a Role. */
export interface Right {
  /** API groups; the empty text is the core group. */
  readonly apiGroups: readonly string[];
  /** Resources in the plural, such as `deployments`. */
  readonly resources: readonly string[];
  /** Names of the objects. @default - any */
  readonly resourceNames?: readonly string[];
  /** Verbs, such as `get` and `patch`. */
  readonly verbs: readonly string[];
}

/** A kind that is applied. */
export interface AppliedKind {
  /** API group; '' for the core. */
  readonly group: string;
  readonly kind: string;
}

/** What the rights are computed from. */
export interface RightsInput {
  readonly tool: DeployTool;
  readonly kinds: readonly AppliedKind[];
  /** Names of Secrets that the pre-flight looks at. */
  readonly secrets: readonly string[];
  /** Namespace whose existence the pre-flight looks at. */
  readonly namespace: string;
  /** Whether objects that the app no longer has are looked for and may be deleted. */
  readonly deletes: boolean;
}

const READ = ['get', 'list', 'watch'] as const;
const WAITED_FOR: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job']);
/** Kinds that no deployer deletes: what they hold cannot be made again. */
export const KEPT_KINDS: ReadonlySet<string> = new Set(['PersistentVolumeClaim', 'Secret', 'Namespace']);
const APPLY_VERBS: Readonly<Record<DeployTool, readonly string[]>> = {
  'kubectl-client-side': ['get', 'create', 'patch'],
  // server-side apply of a new object needs create as well, although the audit log shows patch alone
  'kubectl-server-side': ['get', 'create', 'patch'],
  helm: [...READ, 'create', 'update', 'patch', 'delete'],
};

/** Rules of the deployer's Role. */
export function deployerRights(input: RightsInput): readonly Right[] {
  return [
    ...kindRights(input),
    { apiGroups: ['apps'], resources: ['replicasets'], verbs: READ },
    { apiGroups: [''], resources: ['events', 'pods'], verbs: READ },
    { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
    { apiGroups: [''], resources: ['namespaces'], resourceNames: [input.namespace], verbs: ['get'] },
    ...secretRights(input),
  ];
}

/** Rules of the deployer's ClusterRole: it reads, by name, the classes that its objects ask for. */
export function clusterReads(classes: ClassReferences): readonly Right[] {
  return [
    { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], resourceNames: classes.ingressClasses },
    { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], resourceNames: classes.storageClasses },
    { apiGroups: ['gateway.networking.k8s.io'], resources: ['gatewayclasses'], resourceNames: classes.gatewayClasses },
    { apiGroups: ['scheduling.k8s.io'], resources: ['priorityclasses'], resourceNames: classes.priorityClasses },
  ]
    .filter((rule) => rule.resourceNames.length > 0)
    .map((rule) => ({ ...rule, verbs: ['get'] }));
}

function kindRights({ tool, kinds, deletes }: RightsInput): Right[] {
  const byRule = new Map<string, { group: string; verbs: readonly string[]; resources: Set<string> }>();
  for (const { group, kind } of kinds) {
    const verbs = verbsFor(tool, kind, deletes);
    const key = `${group} ${verbs.join()}`;
    const rule = byRule.get(key) ?? { group, verbs, resources: new Set() };
    rule.resources.add(resourceOf(kind));
    byRule.set(key, rule);
  }
  return [...byRule.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { group, verbs, resources }]) => ({ apiGroups: [group], resources: [...resources].sort(), verbs }));
}

function verbsFor(tool: DeployTool, kind: string, deletes: boolean): readonly string[] {
  const wanted = new Set(APPLY_VERBS[tool]);
  if (WAITED_FOR.has(kind)) READ.forEach((verb) => wanted.add(verb));
  // what is to be deleted is found by listing, and what is kept is told
  if (deletes) ['list', 'delete'].forEach((verb) => wanted.add(verb));
  if (KEPT_KINDS.has(kind)) wanted.delete('delete');
  return ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'].filter((verb) => wanted.has(verb));
}

function secretRights({ tool, secrets }: RightsInput): Right[] {
  // a release of Helm is a Secret whose name is not known beforehand
  if (tool === 'helm') {
    return [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch', 'create', 'update', 'delete'] }];
  }
  if (secrets.length === 0) return [];
  return [{ apiGroups: [''], resources: ['secrets'], resourceNames: secrets, verbs: ['get'] }];
}
