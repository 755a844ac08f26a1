import { PASSING_FAILURES, type MediaFailureCode, type VideoFailure } from '#contracts';

/** What is wrong with a file, as a chip says it, and what its owner can do. */
export interface FailureWords {
  readonly what: string;
  readonly advice: string;
}

const WORDS: Readonly<Record<MediaFailureCode, FailureWords>> = {
  unreadable: {
    what: 'the file cannot be read',
    advice: 'It may be damaged or cut off. Play it on your own device, then upload it again.',
  },
  no_video_track: {
    what: 'no video track in this file',
    advice: 'It holds sound alone, or no media at all. Choose a file with a picture.',
  },
  unsupported_format: {
    what: 'this format is not supported',
    advice: 'Export it as MP4 (H.264 and AAC), then upload that file.',
  },
  too_long: { what: 'the video is too long', advice: 'Cut it into parts and upload each.' },
  too_large: { what: 'the picture is too large', advice: 'Export it at a lower resolution, then upload that file.' },
  timed_out: {
    what: 'processing took too long',
    advice: 'Try again when less is going on, or export it smaller.',
  },
  source_missing: { what: 'the file is no longer there', advice: 'Upload it again.' },
  no_space: { what: 'no space left on our side', advice: 'Try again later; the file itself is fine.' },
  internal: { what: 'something went wrong on our side', advice: 'Try again; the file may well be fine.' },
};

/** A failure in words, and what to do about it. */
export function failureWords({ code }: Pick<VideoFailure, 'code'>): FailureWords {
  return WORDS[code];
}

/** Whether trying the same file again can help. */
export function mayRetry({ code }: Pick<VideoFailure, 'code'>): boolean {
  return PASSING_FAILURES.includes(code);
}
