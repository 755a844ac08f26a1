import { changeVideoBody } from '#contracts';
import { checkedBy } from '../composables/contract-check.ts';
import type { Faults } from '../composables/form.ts';
import { tagsOf } from '../format/tags.ts';
import { detailsBody, type VideoDetails } from './video-details.ts';

const check = checkedBy<object>(changeVideoBody);

/** Faults of what is typed about a video. */
export function checkDetails(values: VideoDetails): Faults<VideoDetails> {
  const faults = check(detailsBody(values)) as Faults<VideoDetails>;
  if (faults.tags === undefined) return faults;
  const tags = tagsOf(values.tags);
  return { ...faults, tags: tags.length > 10 ? 'Use at most ten tags' : 'A tag has 1 to 30 of a–z, 0–9 and -' };
}
