import { assertProps, group, listOf, oneWord, type PropShapes, required } from '#prop-shapes';
import { App, Chart, Lazy } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import {
  CLASS_USERS,
  classReferences,
  clusterReads,
  deployerRights,
  distinctNames,
  isClusterScoped,
  manifestSet,
  secretReferences,
} from '#manifests';
import type { DeployTool, Right } from '#manifests';
import { kubeObject } from './object/kube-objects.ts';
import { CONSTRUCTS, NAMED } from './object/object-shapes.ts';
import { apiObjectsOf, renderedManifests } from './object/rendered-manifests.ts';
import { withoutNamespace } from './object/without-namespace.ts';

/** A user or group besides the ServiceAccount who may deploy. */
export interface DeployerSubject {
  /** Kind of the subject in the RoleBinding. */
  readonly kind: 'User' | 'Group';
  /** Name of the user or group, as the API server authenticates it. */
  readonly name: string;
}

/** Props of {@link Deployer}. */
export interface DeployerProps {
  /** The tool that applies the manifests and waits for the rollout; tools need different verbs. */
  readonly tool: DeployTool;
  /**
   * Name of the ServiceAccount, Role and RoleBinding.
   * @default 'deployer'
   */
  readonly name?: string;
  /**
   * Namespace that it deploys into, as a name or an object with one.
   * @default - the namespace of the chart
   */
  readonly namespace?: string | { readonly name: string };
  /**
   * Constructs (charts, apps) whose objects it applies.
   * @default - the charts of the app, except the one that contains this construct
   */
  readonly deploys?: readonly IConstruct[];
  /**
   * Whether it may list its kinds and delete objects that the app no longer has; never a PersistentVolumeClaim, Secret
   * or Namespace.
   * @default false
   */
  readonly deletes?: boolean;
  /**
   * Additional users and groups who may deploy, such as those of an OIDC issuer of a CI.
   * @default []
   */
  readonly subjects?: readonly DeployerSubject[];
}

/**
 * The account that a CI deploys with: ServiceAccount, Role and RoleBinding, and a ClusterRole to read the classes that
 * the objects name. It belongs to the administrator's folder, because nobody can grant more than they have. Its rights
 * are computed at synth from the objects that exist by then, in whatever order they were created.
 */
export class Deployer extends Construct {
  /** Name of its objects. */
  readonly name: string;
  /** Namespace that it deploys into. */
  readonly namespace: string;
  private readonly tool: DeployTool;
  private readonly deletes: boolean;
  private readonly deploys: readonly IConstruct[] | undefined;

  constructor(scope: Construct, id: string, props: DeployerProps) {
    super(scope, id);
    assertProps(props, SHAPES, this.node.path, 'Deployer');
    this.name = props.name ?? 'deployer';
    this.namespace = namespaceOf(this, props.namespace);
    this.tool = props.tool;
    this.deletes = props.deletes ?? false;
    this.deploys = props.deploys;
    this.renderAccount(props.subjects ?? []);
    this.renderClusterReads(props.subjects ?? []);
    this.node.addValidation({ validate: () => this.scopeFaults() });
  }

  /** Rules of its Role as they are now; complete once every construct exists. */
  rights(): readonly Right[] {
    return deployerRights({
      tool: this.tool,
      kinds: this.applied().map((object) => ({ group: groupOf(object), kind: object.kind })),
      secrets: this.secretNames(),
      namespace: this.namespace,
      deletes: this.deletes,
    });
  }

  /** Rules of its ClusterRole as they are now. */
  clusterRights(): readonly Right[] {
    return clusterReads(classReferences(manifestSet(this.render(CLASS_USERS))));
  }

  private renderAccount(subjects: readonly DeployerSubject[]): void {
    const { name, namespace } = this;
    kubeObject('ServiceAccount', this, 'service-account', {
      metadata: { name, namespace },
      automountServiceAccountToken: false,
    });
    kubeObject('Role', this, 'role', {
      metadata: { name, namespace },
      rules: Lazy.any({ produce: () => this.rights() }) as k8s.PolicyRule[],
    });
    kubeObject('RoleBinding', this, 'role-binding', {
      metadata: { name, namespace },
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects: this.boundSubjects(subjects),
    });
  }

  private renderClusterReads(subjects: readonly DeployerSubject[]): void {
    const name = `${this.namespace}-${this.name}`;
    const role = kubeObject('ClusterRole', this, 'cluster-role', {
      metadata: { name },
      rules: Lazy.any({ produce: () => this.clusterRights() }) as k8s.PolicyRule[],
    });
    const binding = kubeObject('ClusterRoleBinding', this, 'cluster-role-binding', {
      metadata: { name },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
      subjects: this.boundSubjects(subjects),
    });
    [role, binding].forEach(withoutNamespace);
  }

  private boundSubjects(subjects: readonly DeployerSubject[]): k8s.Subject[] {
    return [
      { kind: 'ServiceAccount', name: this.name, namespace: this.namespace },
      ...subjects.map(({ kind, name }) => ({ apiGroup: RBAC, kind, name })),
    ];
  }

  private applied(): readonly ApiObject[] {
    const own = Chart.of(this);
    const scopes = this.deploys ?? App.of(this).node.children.filter((child) => child !== own);
    return apiObjectsOf(scopes).filter((object) => !object.node.scopes.includes(this));
  }

  private secretNames(): readonly string[] {
    const references = secretReferences(manifestSet(this.render(SECRET_READERS)));
    return distinctNames(references.map((reference) => reference.name));
  }

  private render(kinds: ReadonlySet<string>): ReturnType<typeof renderedManifests> {
    return renderedManifests(this.applied().filter((object) => kinds.has(object.kind)));
  }

  private scopeFaults(): string[] {
    return this.applied().flatMap((object) => {
      const { kind, metadata, node } = object;
      if (isClusterScoped(groupOf(object), kind)) {
        return `${node.path} is a cluster-scoped ${kind}, ${ONE_NAMESPACE} [deployer-cluster-scoped]`;
      }
      if (metadata.namespace === this.namespace) return [];
      const where = metadata.namespace === undefined ? 'no namespace' : `the namespace ${metadata.namespace}`;
      return `${node.path} is in ${where}, not in ${this.namespace}, ${ONE_NAMESPACE} [deployer-other-namespace]`;
    });
  }
}

const ONE_NAMESPACE =
  'but a deployer applies only the objects of its namespace: move it to a chart of the administrator, outside of deploys';
const RBAC = 'rbac.authorization.k8s.io';
const SECRET_READERS: ReadonlySet<string> = new Set([
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ServiceAccount',
  'Ingress',
  'Gateway',
]);

function namespaceOf(construct: Construct, given: DeployerProps['namespace']): string {
  const namespace = (typeof given === 'object' ? given.name : given) ?? Chart.of(construct).namespace;
  if (namespace === undefined) {
    throw new Error(
      `${construct.node.path}: the namespace is missing, but a deployer deploys to exactly one: set namespace, or set it on the chart`,
    );
  }
  return namespace;
}

function groupOf(object: ApiObject): string {
  return object.apiGroup === 'core' ? '' : object.apiGroup;
}

const SHAPES = {
  tool: required(oneWord('kubectl-client-side', 'kubectl-server-side', 'helm')),
  name: 'text',
  namespace: NAMED,
  deploys: CONSTRUCTS,
  deletes: 'boolean',
  subjects: listOf(group<DeployerSubject>({ kind: required(oneWord('User', 'Group')), name: 'name!' })),
} as const satisfies PropShapes<DeployerProps>;
