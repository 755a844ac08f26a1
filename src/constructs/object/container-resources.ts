import type { k8s } from 'cdk8s-plus-27';
import { quantity } from './kube-objects.ts';

/** CPU and memory, as Kubernetes writes quantities: `{ cpu: '100m', memory: '128Mi' }`. */
export interface ResourceQuantities {
  readonly cpu: string;
  readonly memory: string;
}

/** What a container asks for and what it may take. */
export interface ContainerResources {
  readonly requests: ResourceQuantities;
  readonly limits: ResourceQuantities;
}

/** Resources in the shape of the typed `k8s` classes. */
export function resourceRequirements(resources: ContainerResources): k8s.ResourceRequirements {
  return { requests: quantities(resources.requests), limits: quantities(resources.limits) };
}

function quantities(of: ResourceQuantities): Record<string, k8s.Quantity> {
  return { cpu: quantity(of.cpu), memory: quantity(of.memory) };
}
