/** Moves one file to media, resumably, by the tus protocol. Goes on by itself after a lost connection, for as long as it takes. */
import type { Problem } from '#contracts';
import { UPLOAD_TICKET_HEADER } from '#contracts';
import { DetailedError, Upload } from 'tus-js-client';
import { mediaApi, pathOf, Refusal, reportOutcome, Unreachable } from '../api/index.ts';

/** Bytes of one request: what has to be sent again after a break is at most this much. */
const PIECE_BYTES = 8 * 1024 * 1024;
/** Milliseconds before what failed is tried again: the first time, and at most. */
const RETRY_MS = { first: 1_000, longest: 15_000 } as const;
/** Milliseconds without a sign of life after which the connection counts as lost. */
const SILENCE_MS = 30_000;

/** What a transfer tells. */
export interface TransferListener {
  /** The server has a place for the file. */
  located(uploadId: string): void;
  moved(sentBytes: number): void;
  /** The connection is lost; it is tried again by itself. */
  lost(): void;
  /** It will not go on by itself. */
  refused(error: unknown): void;
  arrived(): void;
}

/** A file on its way. */
export interface Transfer {
  /** Stops sending; what arrived stays. */
  stop(): void;
}

/** What is moved, and where to. */
export interface TransferRequest {
  readonly file: File;
  /** Upload to go on with; undefined to start one. */
  readonly uploadId: string | undefined;
  /** A ticket for starting an upload; asked for when one is needed. Throws a `Refusal` with `conflict` when the file is already there. */
  readonly ticket: () => Promise<string>;
}

/** Starts to move a file. */
export function transferFile(request: TransferRequest, tell: TransferListener): Transfer {
  let stopped = false;
  let failures = 0;
  let ticket: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  const upload = new Upload(request.file, {
    endpoint: absolute(pathOf(mediaApi, 'createUpload')),
    uploadUrl:
      request.uploadId === undefined
        ? null
        : absolute(pathOf(mediaApi, 'readUploadOffset', { uploadId: request.uploadId })),
    chunkSize: PIECE_BYTES,
    retryDelays: null,
    metadata: { filename: request.file.name, filetype: request.file.type },
    storeFingerprintForResuming: false,
    async onBeforeRequest(sent) {
      // only a new upload needs a ticket; what was begun is its owner's
      if (sent.getMethod() !== 'POST') return;
      ticket ??= await request.ticket();
      sent.setHeader(UPLOAD_TICKET_HEADER, ticket);
    },
    onUploadUrlAvailable: () => {
      const id = upload.url?.split('/').at(-1);
      if (id && !stopped) tell.located(id);
    },
    onProgress: (sent) => {
      failures = 0;
      listen();
      if (!stopped) tell.moved(sent);
    },
    onSuccess: () => {
      reportOutcome({ service: mediaApi.service });
      end();
      tell.arrived();
    },
    onError: (error) => {
      if (!stopped) failed(errorOf(error));
    },
  });

  function failed(error: unknown): void {
    if (error instanceof Refusal || error instanceof Unreachable) reportOutcome({ service: error.service, error });
    if (error instanceof Refusal && error.code === 'ticket_invalid' && ticket !== undefined) {
      ticket = undefined;
      failures += 1;
      if (failures < 3) return again(0);
    }
    // somebody else finished it, or still writes: the next try asks the catalogue first
    if (error instanceof Refusal && error.code === 'conflict') ticket = undefined;
    if (!passes(error)) {
      end();
      // a draft that has its file is all that was wanted
      return error instanceof Refusal && error.code === 'conflict' && error.service !== mediaApi.service
        ? tell.arrived()
        : tell.refused(error);
    }
    failures += 1;
    tell.lost();
    again(waitOf(error, failures));
  }

  function again(afterMs: number): void {
    clearTimeout(silence);
    clearTimeout(timer);
    timer = setTimeout(start, afterMs);
  }

  function start(): void {
    timer = undefined;
    listen();
    upload.start();
  }

  /** A line that was cut tells nobody; silence does. */
  function listen(): void {
    clearTimeout(silence);
    if (stopped) return;
    silence = setTimeout(() => {
      void upload.abort().catch(() => undefined);
      failed(new Unreachable(mediaApi.service, globalThis.navigator?.onLine === false, new Error('no sign of life')));
    }, SILENCE_MS);
  }

  const atOnce = (): void => {
    if (timer !== undefined) again(0);
  };

  function end(): void {
    stopped = true;
    clearTimeout(timer);
    clearTimeout(silence);
    globalThis.removeEventListener('online', atOnce);
  }

  globalThis.addEventListener('online', atOnce);
  start();
  return {
    stop() {
      end();
      // tus answers once the request is cut; nobody waits for it
      void upload.abort().catch(() => undefined);
    },
  };
}

/** What an error of tus means: the refusal in its answer, the one of the ticket, or that nobody answered. */
function errorOf(error: Error | DetailedError): unknown {
  const cause = error instanceof DetailedError ? (error.causingError as Error | null) : null;
  if (error instanceof Refusal || error instanceof Unreachable) return error;
  if (cause instanceof Refusal || cause instanceof Unreachable) return cause;
  const response = error instanceof DetailedError ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  if (response === null || response === undefined || status === 0) {
    return new Unreachable(mediaApi.service, globalThis.navigator?.onLine === false, error);
  }
  return new Refusal(mediaApi.service, problemIn(status, response.getBody()));
}

function problemIn(status: number, body: string): Problem {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'code' in parsed) return parsed as Problem;
  } catch {
    // no problem in words came with it, as from a proxy; it is put in ours below
  }
  const away = status >= 502 && status <= 504;
  return {
    type: 'about:blank',
    status,
    code: away ? 'unavailable' : 'internal',
    title: away ? 'a part of the service is away' : 'the upload was refused',
    requestId: '',
  };
}

/** Whether what failed may pass by itself. */
function passes(error: unknown): boolean {
  if (error instanceof Unreachable) return true;
  if (!(error instanceof Refusal)) return false;
  const { status } = error.problem;
  if (status === 507) return false;
  // 409: another request still writes; 423: locked; 460: cut off
  const locked = error.service === mediaApi.service && [409, 423, 460].includes(status);
  return status >= 500 || status === 429 || locked;
}

function waitOf(error: unknown, failures: number): number {
  const asked = error instanceof Refusal ? error.problem.retryAfterSeconds : undefined;
  return asked === undefined ? Math.min(RETRY_MS.longest, RETRY_MS.first * 2 ** (failures - 1)) : asked * 1000;
}

function absolute(path: string): string {
  return new URL(path, globalThis.location.href).href;
}
