/** What becomes of a container on the fake node, and in which words a kubelet tells it. */
import type { Pod, PodContainer } from './pod.ts';
import { missingSource, variableMentions, type PodSources } from './pod-sources.ts';

/**
 * Tags by which a test asks for what goes wrong: of an image that is not in its registry, of a process that ends at once,
 * and of one that starts and never becomes ready.
 */
export const FAULT_TAGS = { unpullable: 'cannot-be-pulled', crashing: 'crashes', unready: 'never-ready' } as const;

/** What becomes of a container. */
export type ContainerOutcome =
  | { readonly is: 'well' }
  | { readonly is: 'unready' }
  | { readonly is: 'crashing' }
  /** It has not started; `events` are what a kubelet tells besides. */
  | {
      readonly is: 'waiting';
      readonly reason: string;
      readonly message: string;
      readonly events: readonly ContainerEvent[];
    };

/** An event that a kubelet tells of a container. */
export interface ContainerEvent {
  readonly reason: string;
  readonly message: string;
}

/** Times that a crashing container has been started by the time that anybody looks. */
export const RESTARTS = 3;

/** Last lines of a crashing container, as `kubectl logs --previous` gives them. */
export function lastWords({ name, image }: Pick<PodContainer, 'name' | 'image'>): string {
  return `${name} starts from ${image}\n${name} ends: its image asks for a crash\n`;
}

/** What the tag of an image asks for. */
export function faultOf(image: string): keyof typeof FAULT_TAGS | undefined {
  const tag = /:([^:/@]+)(?:@.*)?$/.exec(image)?.[1];
  return FAULTS.find((fault) => FAULT_TAGS[fault] === tag);
}

const FAULTS = Object.keys(FAULT_TAGS) as (keyof typeof FAULT_TAGS)[];

/** What becomes of a container of a pod. */
export function outcomeOf(container: PodContainer, pod: Pod, sources: PodSources): ContainerOutcome {
  const { image } = container;
  const fault = faultOf(image);
  if (fault === 'unpullable') return unpullable(image);
  const missing = variableMentions(container)
    .map((mention) => missingSource(mention, sources, pod.metadata.namespace))
    .find((words) => words !== undefined);
  if (missing !== undefined) {
    const events = [{ reason: 'Failed', message: `Error: ${missing}` }];
    return { is: 'waiting', reason: 'CreateContainerConfigError', message: missing, events };
  }
  return { is: fault ?? 'well' };
}

function unpullable(image: string): ContainerOutcome {
  const cause = `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
  return {
    is: 'waiting',
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image "${image}": ErrImagePull: ${cause}`,
    events: [
      { reason: 'Failed', message: `Failed to pull image "${image}": ${cause}` },
      { reason: 'BackOff', message: `Back-off pulling image "${image}"` },
    ],
  };
}
