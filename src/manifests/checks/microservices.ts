/** The rules of a microservice, held over its final manifest: whatever changed it after it was rendered. */
import { tagOf } from '../image.ts';
import type { PodTemplate } from '../manifest-set.ts';
import { portsOf } from '../service-pods.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Label of the workloads that constructs of this library make; its value says which. */
export const WORKLOAD_LABEL = 'cdk8s-nats.dev/workload';
/** The port that every microservice listens on. */
const PORT = 8000;

/** Every workload of the library that no longer keeps its rules. */
export function microserviceFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) => {
    const kind = pod.object.root.at('metadata', 'labels', WORKLOAD_LABEL).text;
    if (kind === undefined) return [];
    return [...(kind === 'microservice' ? portFaults(pod) : []), ...limitFaults(pod), ...imageFaults(pod)];
  });
}

function portFaults(pod: PodTemplate): ManifestFault[] {
  const app = pod.labels['app'];
  const main = pod.containers.find(({ name, initial }) => !initial && name === app) ?? pod.containers[0];
  if (main === undefined) return [];
  const ports = portsOf(main.at).map(({ port }) => port);
  if (ports.includes(PORT)) return [];
  const received = ports.length === 0 ? 'has no port' : `has the port ${ports.join(', ')}`;
  const message = `container ${main.name} of a NatsMicroservice ${received}, must have ${PORT}: remove the change, or use a plain Deployment`;
  return [
    faultAt(pod.object, main.at.at('ports').exists ? main.at.at('ports') : main.at, 'microservice-rules', message),
  ];
}

function limitFaults(pod: PodTemplate): ManifestFault[] {
  return pod.containers.flatMap(({ name, at }) =>
    ['cpu', 'memory']
      .filter((resource) => !at.at('resources', 'limits', resource).exists)
      .map((resource) => {
        const message = `container ${name} has no ${resource} limit, but every container of a service needs one: set resources.limits.${resource}`;
        return faultAt(pod.object, at, 'microservice-rules', message);
      }),
  );
}

function imageFaults(pod: PodTemplate): ManifestFault[] {
  return pod.containers.flatMap(({ name, at }) => {
    const image = at.at('image').text ?? '';
    if (image.includes('@sha256:') || !['latest', undefined].includes(tagOf(image))) return [];
    const message = `the image ${image} of container ${name} may change at any start, but every image of a service has an exact tag or a digest: use one`;
    return [faultAt(pod.object, at.at('image'), 'microservice-rules', message)];
  });
}
