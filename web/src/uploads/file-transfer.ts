/** Sends one file to media by the resumable tus protocol. Continues by itself after a lost connection, however long that takes. */
import type { Problem } from '#contracts';
import { UPLOAD_TICKET_HEADER } from '#contracts';
import { DetailedError, Upload, type HttpRequest } from 'tus-js-client';
import { mediaApi, pathOf, Refusal, reportOutcome, Unreachable } from '../api/index.ts';

/** Bytes of one request: what has to be sent again after a break is at most this much. */
const PIECE_BYTES = 8 * 1024 * 1024;
/** Milliseconds before what failed is tried again: the first time, and at most. */
const RETRY_MS = { first: 1_000, longest: 15_000 } as const;
/** Milliseconds without a sign of life after which the connection counts as lost. */
const SILENCE_MS = 30_000;
/** Tickets that are tried one after the other before their refusal stands. */
const TICKETS = 3;

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

/** Starts to send a file. */
export function transferFile(request: TransferRequest, listener: TransferListener): Transfer {
  const transfer = new FileTransfer(request, listener);
  transfer.start();
  return transfer;
}

/** One file on its way: it is sending, waits for its next try, or is ended. */
class FileTransfer implements Transfer {
  readonly #listener: TransferListener;
  readonly #ticketOf: TransferRequest['ticket'];
  readonly #upload: Upload;
  #ended = false;
  #failures = 0;
  #ticket: string | undefined;
  #nextTry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor({ file, uploadId, ticket }: TransferRequest, listener: TransferListener) {
    this.#listener = listener;
    this.#ticketOf = ticket;
    this.#upload = new Upload(file, {
      endpoint: absolute(pathOf(mediaApi, 'createUpload')),
      uploadUrl: uploadId === undefined ? null : absolute(pathOf(mediaApi, 'readUploadOffset', { uploadId })),
      chunkSize: PIECE_BYTES,
      retryDelays: null,
      metadata: { filename: file.name, filetype: file.type },
      storeFingerprintForResuming: false,
      onBeforeRequest: async (sent) => await this.#addTicket(sent),
      onUploadUrlAvailable: () => this.#located(),
      onProgress: (sentBytes) => this.#moved(sentBytes),
      onSuccess: () => this.#arrived(),
      onError: (error) => this.#failed(errorOf(error)),
    });
    globalThis.addEventListener('online', this.#tryNow);
  }

  start(): void {
    this.#nextTry = undefined;
    this.#expectProgress();
    this.#upload.start();
  }

  stop(): void {
    this.#end();
    // tus answers once the request is cut; nobody waits for it
    void this.#upload.abort().catch(() => undefined);
  }

  /** Only a new upload needs a ticket; one that was started belongs to its owner. */
  async #addTicket(sent: HttpRequest): Promise<void> {
    if (sent.getMethod() !== 'POST') return;
    this.#ticket ??= await this.#ticketOf();
    sent.setHeader(UPLOAD_TICKET_HEADER, this.#ticket);
  }

  #located(): void {
    const id = this.#upload.url?.split('/').at(-1);
    if (id && !this.#ended) this.#listener.located(id);
  }

  #moved(sentBytes: number): void {
    if (this.#ended) return;
    this.#failures = 0;
    this.#expectProgress();
    this.#listener.moved(sentBytes);
  }

  #arrived(): void {
    reportOutcome({ service: mediaApi.service });
    this.#end();
    this.#listener.arrived();
  }

  #failed(error: unknown): void {
    if (this.#ended) return;
    if (error instanceof Refusal || error instanceof Unreachable) reportOutcome({ service: error.service, error });
    if (this.#ticketIsStale(error)) return this.#tryAgain(0);
    if (passes(error)) {
      this.#failures += 1;
      this.#listener.lost();
      return this.#tryAgain(waitOf(error, this.#failures));
    }
    this.#end();
    // the catalogue says that the draft has its file: that is all that was wanted
    if (isConflict(error) && error.service !== mediaApi.service) this.#listener.arrived();
    else this.#listener.refused(error);
  }

  /** Forgets a ticket that does not serve any more; true when another one may. */
  #ticketIsStale(error: unknown): boolean {
    // somebody else finished it, or still writes: the next try asks the catalogue first
    if (isConflict(error)) this.#ticket = undefined;
    if (!(error instanceof Refusal && error.code === 'ticket_invalid') || this.#ticket === undefined) return false;
    this.#ticket = undefined;
    this.#failures += 1;
    return this.#failures < TICKETS;
  }

  #tryAgain(afterMs: number): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#nextTry);
    this.#nextTry = setTimeout(() => this.start(), afterMs);
  }

  readonly #tryNow = (): void => {
    if (this.#nextTry !== undefined) this.#tryAgain(0);
  };

  /** A line that was cut tells nobody; silence does. */
  #expectProgress(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      void this.#upload.abort().catch(() => undefined);
      this.#failed(new Unreachable(mediaApi.service, isOffline(), new Error('no sign of life')));
    }, SILENCE_MS);
  }

  #end(): void {
    this.#ended = true;
    clearTimeout(this.#nextTry);
    clearTimeout(this.#silence);
    globalThis.removeEventListener('online', this.#tryNow);
  }
}

/** What an error of tus means: the refusal in its answer, a fault on this page, or that nobody answered. */
function errorOf(error: Error | DetailedError): unknown {
  const cause: unknown = error instanceof DetailedError ? error.causingError : error;
  // a broken connection comes as the event of its request; an error was thrown on this page, as when the file is gone
  if (cause instanceof Error) return cause;
  const response = error instanceof DetailedError ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  if (response === null || response === undefined || status === 0) {
    return new Unreachable(mediaApi.service, isOffline(), error);
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
    title: away ? 'part of the service is unavailable' : 'the upload was refused',
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

function isConflict(error: unknown): error is Refusal {
  return error instanceof Refusal && error.code === 'conflict';
}

function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}

function absolute(path: string): string {
  return new URL(path, globalThis.location.href).href;
}
