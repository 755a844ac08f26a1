/** What the owner of a video types about it: the values of its form, and how they are sent. */
import type { VideoCard, VideoDetail, Visibility } from '#contracts';
import { tagsOf, tagsText } from '../format/tags.ts';

/** What is typed about a video. */
export interface VideoDetails {
  readonly title: string;
  readonly description: string;
  /** As typed, separated by commas. */
  readonly tags: string;
  readonly visibility: Visibility;
}

/** Names of the fields. */
export const DETAIL_FIELDS = ['title', 'description', 'tags', 'visibility'] as const;

/** The details of a video as its form shows them. */
export function detailsOf({
  title,
  description,
  tags,
  visibility,
}: Pick<VideoCard & VideoDetail, (typeof DETAIL_FIELDS)[number]>): VideoDetails {
  return { title, description, tags: tagsText(tags), visibility };
}

/** The details as a request sends them. */
export function detailsBody({ title, description, tags, visibility }: VideoDetails) {
  return { title: title.trim(), description, tags: tagsOf(tags), visibility };
}

/** Whether two details are the same in every field. */
export function sameDetails(one: VideoDetails, other: VideoDetails): boolean {
  return DETAIL_FIELDS.every((field) => one[field] === other[field]);
}
