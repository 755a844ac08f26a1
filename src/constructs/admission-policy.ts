import { ApiObject, Chart, Lazy } from 'cdk8s';
import { assertProps, mapOf, oneWord, type PropShapes } from '#prop-shapes';
import { NAMED, PORT_NUMBER } from './object/object-shapes.ts';
import { Construct } from 'constructs';
import { ADMISSION_RULES, ADMISSION_VARIABLES, portRule } from './admission/rules.ts';
import { withoutNamespace } from './object/without-namespace.ts';
import { servicePodsIn } from './store/service-pods.ts';

/** Props of {@link AdmissionPolicy}. */
export interface AdmissionPolicyProps {
  /**
   * Name of the policy and of its binding.
   * @default - the namespace, then `-workloads`
   */
  readonly name?: string;
  /**
   * Namespace whose workloads are checked, as a name or an object with one.
   * @default - the namespace of the chart
   */
  readonly namespace?: string | { readonly name: string };
  /**
   * What happens to a workload that breaks a rule: `warn` admits it, warns the client that applies it, and leaves a
   * note in the audit log; `deny` refuses it.
   * @default 'warn'
   */
  readonly action?: 'warn' | 'deny';
  /**
   * Ports of Deployments that are not microservices, by name; all others must have port 8000, except for the workers of
   * the app that say how else they are probed.
   * @default {}
   */
  readonly otherPorts?: Readonly<Record<string, number>>;
}

/**
 * The rules of a microservice, enforced by the API server for every workload of a namespace, no matter who applies it
 * and with which tool: port 8000, limits, no literal credential, and no `$(NAME)` before its definition. It belongs to
 * the administrator's folder. A change that does not touch the pods is never refused, so controllers and scaling keep
 * working.
 */
export class AdmissionPolicy extends Construct {
  /** Name of the policy and of its binding. */
  readonly name: string;
  /** Namespace whose workloads are checked. */
  readonly namespace: string;

  constructor(scope: Construct, id: string, props: AdmissionPolicyProps = {}) {
    super(scope, id);
    assertProps(props, SHAPES, this.node.path, 'AdmissionPolicy');
    this.namespace = namespaceOf(this, props.namespace);
    this.name = props.name ?? `${this.namespace}-workloads`;
    this.addPolicy(props.otherPorts ?? {});
    this.addBinding(props.action ?? 'warn');
  }

  private addPolicy(otherPorts: Readonly<Record<string, number>>): void {
    const policy = new ApiObject(this, 'policy', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: this.name },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules: [resources('apps', APPS), resources('batch', BATCH)] },
        matchConditions: [{ name: 'pods-change', expression: 'oldObject == null || object.spec != oldObject.spec' }],
        variables: ADMISSION_VARIABLES,
        // a worker may be created after the policy
        validations: Lazy.any({
          produce: () => [portRule(otherPorts, this.portless()), ...ADMISSION_RULES],
        }) as unknown,
      },
    });
    withoutNamespace(policy);
  }

  /** Deployments of the app without a health endpoint: workers that say how they are probed otherwise. */
  private portless(): readonly string[] {
    return servicePodsIn(this)
      .filter(({ kind, listens, namespace }) => kind === 'Deployment' && !listens && namespace === this.namespace)
      .map(({ app }) => app);
  }

  private addBinding(action: 'warn' | 'deny'): void {
    const binding = new ApiObject(this, 'binding', {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: this.name },
      spec: {
        policyName: this.name,
        // the API server takes Deny and Warn never together
        validationActions: action === 'deny' ? ['Deny', 'Audit'] : ['Warn', 'Audit'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': this.namespace } } },
      },
    });
    withoutNamespace(binding);
  }
}

const APPS = ['deployments', 'statefulsets', 'daemonsets'];
const BATCH = ['jobs', 'cronjobs'];

function resources(group: string, names: readonly string[]): object {
  return { apiGroups: [group], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: names };
}

function namespaceOf(construct: Construct, given: AdmissionPolicyProps['namespace']): string {
  const namespace = (typeof given === 'object' ? given.name : given) ?? Chart.of(construct).namespace;
  if (namespace === undefined) {
    throw new Error(
      `${construct.node.path}: the namespace is missing, but a policy applies to exactly one: set namespace, or set it on the chart`,
    );
  }
  return namespace;
}

const SHAPES = {
  name: 'text',
  namespace: NAMED,
  action: oneWord('warn', 'deny'),
  otherPorts: mapOf(PORT_NUMBER),
} as const satisfies PropShapes<AdmissionPolicyProps>;
