/** What was seen of a file: its tracks as the header declares them, as they decode, and when they have something to show. */
import * as z from 'zod';

/** What header and frame both may say of a picture. */
const pictureFields = {
  width: z.number().optional(),
  height: z.number().optional(),
  pix_fmt: z.string().optional(),
  sample_aspect_ratio: z.string().optional(),
  color_range: z.string().optional(),
  color_space: z.string().optional(),
  color_primaries: z.string().optional(),
  color_transfer: z.string().optional(),
};

/** A decoded piece of a track. */
export const sampledFrame = z.object({ ...pictureFields, stream_index: z.number() });
/** A decoded piece of a track. */
export type SampledFrame = z.infer<typeof sampledFrame>;

/** A track as the header declares it. */
export const trackHeader = z.object({
  index: z.number(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  codec_tag_string: z.string().optional(),
  ...pictureFields,
  avg_frame_rate: z.string().optional(),
  r_frame_rate: z.string().optional(),
  field_order: z.string().optional(),
  sample_fmt: z.string().optional(),
  duration: z.string().optional(),
  channels: z.number().optional(),
  disposition: z
    .object({ default: z.number(), attached_pic: z.number(), timed_thumbnails: z.number() })
    .partial()
    .optional(),
  side_data_list: z
    .array(
      z.object({
        displaymatrix: z.string().optional(),
        dv_profile: z.number().optional(),
        dv_bl_signal_compatibility_id: z.number().optional(),
      }),
    )
    .optional(),
});
/** A track as the header declares it. */
export type TrackHeader = z.infer<typeof trackHeader>;

/** When a track has something to show, on the file's mended clock. */
export interface TrackTimes {
  readonly packets: number;
  /** Where it begins on the file's own clock. */
  readonly firstInFile: number;
  readonly startSeconds: number;
  /** When its last packet begins. */
  readonly lastSeconds: number;
  readonly endSeconds: number;
  /** Times of the first packets, in order; enough to tell the rate. */
  readonly first: readonly number[];
  /** How many jumps of the file's clock come before its first packet. */
  readonly jumpsBefore: number;
}

/** A track, and what was seen of it. */
export interface Track {
  readonly header: TrackHeader;
  /** A decoded piece of its beginning, where the header is silent. */
  readonly frame: SampledFrame | undefined;
  readonly isDecodable: boolean;
  /** Whether it is protected against copying. */
  readonly isProtected: boolean;
  /** Undefined where it holds nothing. */
  readonly times: TrackTimes | undefined;
}
