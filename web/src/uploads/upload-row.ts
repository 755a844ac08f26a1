/** One upload, as a state machine. A step that does not fit the state changes nothing: late events are harmless. */
import type { ErrorWords } from '../api/index.ts';
import { sameDetails, type VideoDetails } from '../video-details/video-details.ts';

/**
 * Where an upload is: its draft is created, it is queued, it is sent, its connection is lost and is tried again by itself,
 * somebody paused it, it waits for the same file after a reload, another tab has its file, it was refused, all bytes arrived.
 */
export type UploadState =
  'preparing' | 'waiting' | 'sending' | 'stalled' | 'paused' | 'needs-file' | 'elsewhere' | 'refused' | 'arrived';

/** What a file is recognised by after a reload. */
export interface FileMark {
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970; null when only the server knows of the upload. */
  readonly lastModified: number | null;
}

/** One upload. */
export interface UploadRow {
  /** Id of the row on this page, also the Idempotency-Key of its draft. */
  readonly key: string;
  /** Milliseconds since 1970, for the order of the rows. */
  readonly addedAt: number;
  readonly file: FileMark;
  readonly state: UploadState;
  readonly sentBytes: number;
  /** Undefined until there is something to measure. */
  readonly bytesPerSecond: number | undefined;
  readonly videoId: string | undefined;
  readonly uploadId: string | undefined;
  readonly failure: ErrorWords | undefined;
  readonly details: VideoDetails;
  /** The details as the service has them; undefined until the draft is created. */
  readonly saved: VideoDetails | undefined;
}

/** What happens to an upload. */
export type UploadStep =
  | { readonly kind: 'drafted'; readonly videoId: string; readonly saved: VideoDetails }
  | { readonly kind: 'begun' }
  | { readonly kind: 'located'; readonly uploadId: string }
  | { readonly kind: 'moved'; readonly sentBytes: number; readonly bytesPerSecond: number | undefined }
  | { readonly kind: 'lost' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'refused'; readonly failure: ErrorWords }
  | { readonly kind: 'file-given' }
  | { readonly kind: 'held-elsewhere' }
  | { readonly kind: 'let-go' }
  | { readonly kind: 'arrived' };

const FITS: Readonly<Record<UploadStep['kind'], readonly UploadState[]>> = {
  drafted: ['preparing'],
  begun: ['waiting'],
  located: ['sending', 'stalled', 'paused'],
  moved: ['sending', 'stalled'],
  lost: ['sending'],
  paused: ['waiting', 'sending', 'stalled'],
  resumed: ['paused', 'refused', 'stalled'],
  refused: ['preparing', 'waiting', 'sending', 'stalled'],
  'file-given': ['needs-file'],
  'held-elsewhere': ['needs-file'],
  'let-go': ['elsewhere'],
  arrived: ['waiting', 'sending', 'stalled', 'needs-file', 'elsewhere'],
};

/** The row after a step. */
export function stepped(row: UploadRow, step: UploadStep): UploadRow {
  if (!FITS[step.kind].includes(row.state)) return row;
  switch (step.kind) {
    case 'drafted':
      return { ...row, state: 'waiting', videoId: step.videoId, saved: step.saved };
    case 'begun':
      return { ...row, state: 'sending', failure: undefined };
    case 'located':
      return { ...row, uploadId: step.uploadId };
    case 'moved':
      return { ...row, state: 'sending', sentBytes: step.sentBytes, bytesPerSecond: step.bytesPerSecond };
    case 'lost':
      return { ...row, state: 'stalled', bytesPerSecond: undefined };
    case 'paused':
      return { ...row, state: 'paused', bytesPerSecond: undefined };
    case 'resumed':
    case 'file-given':
      return { ...row, state: row.videoId === undefined ? 'preparing' : 'waiting', failure: undefined };
    case 'held-elsewhere':
      return { ...row, state: 'elsewhere' };
    case 'let-go':
      return { ...row, state: 'needs-file' };
    case 'refused':
      return { ...row, state: 'refused', failure: step.failure, bytesPerSecond: undefined };
    case 'arrived':
      return { ...row, state: 'arrived', sentBytes: row.file.bytes, bytesPerSecond: undefined, failure: undefined };
  }
}

/** Whether the page may not be left without a question. */
export function isUnderWay({ state }: Pick<UploadRow, 'state'>): boolean {
  return state === 'preparing' || state === 'waiting' || state === 'sending';
}

/** Whether the file itself cannot become a video: its row is there to be read, and leads nowhere. */
export function isUnfit({ state, videoId, failure }: UploadRow): boolean {
  return state === 'refused' && videoId === undefined && failure?.retryable === false;
}

/** Whether something is typed that the service does not have. */
export function isUnsaved({ details, saved }: Pick<UploadRow, 'details' | 'saved'>): boolean {
  return saved === undefined || !sameDetails(details, saved);
}

/** Seconds until all bytes are sent; undefined while that cannot be told. */
export function secondsLeft({ file, sentBytes, bytesPerSecond }: UploadRow): number | undefined {
  return bytesPerSecond ? (file.bytes - sentBytes) / bytesPerSecond : undefined;
}

/** Why a file is not the one that a row asks for; undefined when it is. */
export function fileFault(wanted: FileMark, given: FileMark): string | undefined {
  if (given.bytes !== wanted.bytes) return `This file differs in size from ${wanted.name}. Choose the same file.`;
  if (given.name !== wanted.name) return `This is ${given.name}. Choose ${wanted.name}.`;
  if (wanted.lastModified !== null && given.lastModified !== wanted.lastModified) {
    return `${wanted.name} has changed since the upload began. Cancel this upload and start again.`;
  }
  return undefined;
}

/** The mark of a file. */
export function markOf(file: File): FileMark {
  return { name: file.name, bytes: file.size, lastModified: file.lastModified };
}

/** A title to start with: the name of the file without its ending. */
export function titleFrom(fileName: string): string {
  const words = fileName
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .replaceAll('_', ' ')
    .trim();
  return words.slice(0, 120) || 'Untitled';
}
