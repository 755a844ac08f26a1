import type { k8s } from 'cdk8s-plus-27';
import { quantity } from './kube-objects.ts';

/**
 * CPU and memory, as Kubernetes writes quantities: `{ cpu: '100m', memory: '128Mi' }`, and any other resource, such as
 * `'ephemeral-storage': '1Gi'` or `'nvidia.com/gpu': '1'`.
 */
export interface ResourceQuantities {
  /** CPU, such as `100m` or `1`. */
  readonly cpu: string;
  /** Memory, such as `128Mi`. */
  readonly memory: string;
  /** Space for logs, the container's own files and volumes of type emptyDir. @default - not counted */
  readonly 'ephemeral-storage'?: string;
  /** Resources that nodes offer, such as `nvidia.com/gpu`; request and limit must be equal. */
  readonly [extended: `${string}/${string}`]: string;
}

/** What a container asks for and what it may take. */
export interface ContainerResources {
  /** What the scheduler reserves. */
  readonly requests: ResourceQuantities;
  /** What the container may not exceed. */
  readonly limits: ResourceQuantities;
}

/** Resources in the shape of the typed `k8s` classes. */
export function resourceRequirements(resources: ContainerResources): k8s.ResourceRequirements {
  return { requests: quantities(resources.requests), limits: quantities(resources.limits) };
}

function quantities(of: ResourceQuantities): Record<string, k8s.Quantity> {
  return Object.fromEntries(Object.entries(of).map(([name, amount]) => [name, quantity(amount)]));
}
