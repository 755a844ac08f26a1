import { assertProps, type PropShapes } from '#prop-shapes';
import { Construct } from 'constructs';
import { kubeObject } from './object/kube-objects.ts';
import { withoutNamespace } from './object/without-namespace.ts';

/** Props of {@link PlatformNamespace}. */
export interface PlatformNamespaceProps {
  /**
   * Name of the namespace.
   * @default - the id of the construct
   */
  readonly name?: string;
  /**
   * Version of the PodSecurity standard, such as `v1.33`.
   * @default 'latest'
   */
  readonly podSecurityVersion?: string;
  /**
   * Further labels of the namespace.
   * @default {}
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A namespace in which every pod passes PodSecurity `restricted` and no connection exists that no NetworkPolicy opens.
 * It belongs to the administrator's folder. The `warn` label is there because `enforce` says nothing of a Deployment.
 */
export class PlatformNamespace extends Construct {
  /** Name of the namespace. */
  readonly name: string;

  constructor(scope: Construct, id: string, props: PlatformNamespaceProps = {}) {
    super(scope, id);
    assertProps(props, SHAPES, this.node.path, 'PlatformNamespace');
    this.name = props.name ?? id;
    const namespace = kubeObject('Namespace', this, 'namespace', {
      metadata: {
        name: this.name,
        labels: { ...props.labels, ...podSecurityLabels(props.podSecurityVersion ?? 'latest') },
      },
    });
    withoutNamespace(namespace);
    kubeObject('NetworkPolicy', this, 'default-deny', {
      metadata: { name: 'default-deny', namespace: this.name },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
  }
}

function podSecurityLabels(version: string): Record<string, string> {
  const modes = ['enforce', 'warn', 'audit'];
  return Object.fromEntries(
    modes.flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, 'restricted'],
      [`pod-security.kubernetes.io/${mode}-version`, version],
    ]),
  );
}

const SHAPES = {
  name: 'text',
  podSecurityVersion: 'text',
  labels: 'textMap',
} as const satisfies PropShapes<PlatformNamespaceProps>;
