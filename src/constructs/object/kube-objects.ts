/**
 * Objects of Kubernetes as `ApiObject`, typed by the classes of cdk8s-plus. Its classes themselves are not used: they come
 * in one module for the whole API, which takes longer to load than a platform of seven services takes to synthesize.
 */
import { ApiObject, Lazy } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

/** Kinds that this library makes, with the props that each takes. */
interface KubeProps {
  readonly ClusterRole: k8s.KubeClusterRoleProps;
  readonly ClusterRoleBinding: k8s.KubeClusterRoleBindingProps;
  readonly ConfigMap: k8s.KubeConfigMapProps;
  readonly CronJob: k8s.KubeCronJobProps;
  readonly Deployment: k8s.KubeDeploymentProps;
  readonly HorizontalPodAutoscaler: k8s.KubeHorizontalPodAutoscalerV2Props;
  readonly Ingress: k8s.KubeIngressProps;
  readonly Job: k8s.KubeJobProps;
  readonly Namespace: k8s.KubeNamespaceProps;
  readonly NetworkPolicy: k8s.KubeNetworkPolicyProps;
  readonly PersistentVolumeClaim: k8s.KubePersistentVolumeClaimProps;
  readonly PodDisruptionBudget: k8s.KubePodDisruptionBudgetProps;
  readonly Role: k8s.KubeRoleProps;
  readonly RoleBinding: k8s.KubeRoleBindingProps;
  readonly Service: KubeServiceProps;
  readonly ServiceAccount: k8s.KubeServiceAccountProps;
  readonly StatefulSet: k8s.KubeStatefulSetProps;
}

/** cdk8s-plus spells a few fields in another way than the API; of those, this one is used here. */
type KubeServiceProps = Omit<k8s.KubeServiceProps, 'spec'> & {
  readonly spec?: Omit<k8s.ServiceSpec, 'clusterIp'> & { readonly clusterIP?: string };
};

/** A kind that this library makes. */
export type KubeKind = keyof KubeProps;

const API_VERSIONS: Readonly<Record<KubeKind, string>> = {
  ClusterRole: 'rbac.authorization.k8s.io/v1',
  ClusterRoleBinding: 'rbac.authorization.k8s.io/v1',
  ConfigMap: 'v1',
  CronJob: 'batch/v1',
  Deployment: 'apps/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Ingress: 'networking.k8s.io/v1',
  Job: 'batch/v1',
  Namespace: 'v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PersistentVolumeClaim: 'v1',
  PodDisruptionBudget: 'policy/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  Service: 'v1',
  ServiceAccount: 'v1',
  StatefulSet: 'apps/v1',
};

/** An object as plain data, with its apiVersion and kind. */
export interface KubeManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** Makes an object in the tree. */
export function kubeObject<K extends KubeKind>(kind: K, scope: Construct, id: string, props: KubeProps[K]): ApiObject {
  return new ApiObject(scope, id, kubeManifest(kind, props));
}

/** An object as plain data: quantities and ports stand as the text or number that they are. */
export function kubeManifest<K extends KubeKind>(kind: K, props: KubeProps[K]): KubeManifest {
  return { apiVersion: API_VERSIONS[kind], kind, ...(plainJson(props) as Readonly<Record<string, unknown>>) };
}

/** A number or text where the API takes both. */
class Union {
  readonly value: number | string;

  constructor(value: number | string) {
    this.value = value;
  }
}

/** A port by number or name, or a count by number or share. It serves objects made with cdk8s-plus too. */
export function intOrString(value: number | string): k8s.IntOrString {
  return new Union(value) as k8s.IntOrString;
}

/** A quantity such as `64Mi`. It serves objects made with cdk8s-plus too. */
export function quantity(value: string): k8s.Quantity {
  return new Union(value) as k8s.Quantity;
}

/** Props as the API has them: no class and no undefined in it. What is produced lazily stays so. */
export function plainJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plainJson);
  if (Object.getPrototypeOf(value) === Object.prototype) {
    const result: Record<string, unknown> = {};
    for (const key in value) {
      const item = (value as Readonly<Record<string, unknown>>)[key];
      if (item !== undefined) result[key] = plainJson(item);
    }
    return result;
  }
  if (value instanceof Lazy) return value;
  const { value: inner } = value as { readonly value?: unknown };
  return typeof inner === 'string' || typeof inner === 'number' ? inner : value;
}

/** Plain data without what is only known at synthesis. */
export function withoutLazy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutLazy);
  const known = Object.entries(value).filter(([, item]) => !(item instanceof Lazy));
  return Object.fromEntries(known.map(([key, item]) => [key, withoutLazy(item)]));
}
