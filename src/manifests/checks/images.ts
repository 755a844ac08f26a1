/** Images: a reference that the container runtime can read, and, as a matter of policy, a tag that stays. */
import { imageReferenceFault, tagOf } from '../image.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every container without an image, or with one that no container runtime can pull, because its reference is invalid. */
export function imageReferenceFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) =>
    pod.containers.flatMap(({ name, at }) => {
      const image = at.at('image');
      if (!image.exists && at.exists) {
        const message = `container ${name} has no image, but the API server requires it: set image`;
        return [faultAt(pod.object, at, 'field-missing', message)];
      }
      const text = image.text ?? '';
      const problem = text === '' || isUnfinished(text) ? undefined : imageReferenceFault(text);
      if (problem === undefined) return [];
      const message = `the image ${JSON.stringify(text)} of container ${name} is an invalid reference, ${problem}, so no node can pull it: correct it, such as registry.example/shop/cart:1.4.2`;
      return [faultAt(pod.object, image, 'image-reference', message)];
    }),
  );
}

/** Every image that may be another one at the next start. */
export function imageTagFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) =>
    pod.containers.flatMap(({ name, at }) => {
      const image = at.at('image');
      const text = image.text ?? '';
      if (text === '' || text.includes('@sha256:') || isUnfinished(text)) return [];
      const tag = tagOf(text);
      if (tag !== undefined && tag !== 'latest') return [];
      const what = tag === undefined ? 'has no tag, which means latest' : 'has the tag latest';
      const message = `the image ${text} of container ${name} ${what}, so a restart may bring another version: name a version or a digest`;
      return [faultAt(pod.object, image, 'image-tag', message)];
    }),
  );
}

/** Whether a tool still puts something in. */
function isUnfinished(image: string): boolean {
  return /[${<%]|^ko:\/\/|[A-Z]_[A-Z]|(?:^|[/-])(?:ACCOUNT|IMAGE|PROJECT|REGION|REGISTRY|REPO|REPLACE|TAG|USER|VERSION|YOUR)\b/.test(
    image,
  );
}
