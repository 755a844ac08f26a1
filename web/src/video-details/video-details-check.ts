import { changeVideoBody } from '#contracts';
import { tagsOf } from '../format/tags.ts';
import type { VideoDetails } from '../uploads/upload-row.ts';
import { checkedBy } from '../composables/contract-check.ts';
import type { Faults } from '../composables/form.ts';

const check = checkedBy<object>(changeVideoBody);

/** What a change of a video is sent as. */
export function detailsBody({ title, description, tags, visibility }: VideoDetails) {
  return { title: title.trim(), description, tags: tagsOf(tags), visibility };
}

/** Faults of what is typed about a video. */
export function checkDetails(values: VideoDetails): Faults<VideoDetails> {
  const faults = check(detailsBody(values)) as Faults<VideoDetails>;
  if (faults.tags === undefined) return faults;
  const tags = tagsOf(values.tags);
  return { ...faults, tags: tags.length > 10 ? 'Ten tags at most' : 'A tag is 1 to 30 of a–z, 0–9 and -' };
}
