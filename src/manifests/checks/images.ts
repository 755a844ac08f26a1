/** Images by a tag that stays. A matter of policy. */
import { tagOf } from '../image.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every image that may be another one at the next start. */
export function imageTagFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) =>
    pod.containers.flatMap(({ name, at }) => {
      const image = at.at('image');
      const text = image.text ?? '';
      if (text === '' || text.includes('@sha256:') || /[${<]/.test(text)) return [];
      const tag = tagOf(text);
      if (tag !== undefined && tag !== 'latest') return [];
      const what = tag === undefined ? 'has no tag, which means latest' : 'has the tag latest';
      const message = `the image ${text} of container ${name} ${what}, so a restart may bring another version: name a version or a digest`;
      return [faultAt(pod.object, image, 'image-tag', message)];
    }),
  );
}
