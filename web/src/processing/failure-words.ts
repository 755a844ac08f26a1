import { PASSING_FAILURES, type MediaFailureCode, type VideoFailure } from '#contracts';

/** What is wrong with a file, as a chip says it; then the reason for this very file and what its owner can do. */
export interface FailureWords {
  readonly what: string;
  readonly advice: string;
}

const WORDS: Readonly<Record<MediaFailureCode, FailureWords>> = {
  unreadable: {
    what: 'the file cannot be read',
    advice: 'It may be damaged or incomplete. Check that it plays on your device, then upload it again.',
  },
  no_video_track: {
    what: 'no video track in this file',
    advice: 'Choose a video file.',
  },
  unsupported_format: {
    what: 'this format is not supported',
    advice: 'Export it as MP4 (H.264 and AAC) and upload that file.',
  },
  too_long: { what: 'the video is too long', advice: 'Split it and upload the parts.' },
  too_large: {
    what: 'more than the server converts',
    advice: 'Export it as MP4 (H.264 and AAC) with at most 8K and upload that file.',
  },
  timed_out: {
    what: 'processing took too long',
    advice: 'Try again later, or export a smaller file.',
  },
  source_missing: { what: 'the file is gone', advice: 'Upload it again.' },
  no_space: { what: 'no space left on the server', advice: 'Try again later. The file itself is fine.' },
  internal: { what: 'something went wrong on the server', advice: 'Try again. The file may be fine.' },
};

/** A failure in words, and what to do about it. */
export function failureWords({ code, reason }: VideoFailure): FailureWords {
  const { what, advice } = WORDS[code];
  // what fails in passing is no fault of this file, and has no reason that its owner could use
  return { what, advice: PASSING_FAILURES.includes(code) ? advice : `${reason} ${advice}`.trimStart() };
}

/** Whether trying the same file again can help. */
export function mayRetry({ code }: Pick<VideoFailure, 'code'>): boolean {
  return PASSING_FAILURES.includes(code);
}
