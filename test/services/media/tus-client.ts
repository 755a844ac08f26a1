import { mediaApi, routePath, TUS_MEDIA_TYPE, TUS_VERSION, UPLOAD_TICKET_HEADER } from '#contracts';
import type { LoggedIn } from '#test-support/service-stores';
import { TEST_ORIGIN } from '#test-support/service-stores';

/** Answer to a request of the tus protocol. */
export interface TusAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Code of the problem; undefined for a success. */
  readonly code: string | undefined;
}

/** Sends requests of the tus protocol, one at a time, so that a test decides what is sent and when. */
export class TusClient {
  readonly url: string;
  readonly who: LoggedIn | undefined;

  constructor(url: string, who: LoggedIn | undefined) {
    this.url = url;
    this.who = who;
  }

  /** Starts an upload. */
  async create(ticket: string, length: number, headers: Readonly<Record<string, string>> = {}): Promise<TusAnswer> {
    const own = { [UPLOAD_TICKET_HEADER]: ticket, 'upload-length': String(length), ...headers };
    return await this.send('POST', routePath(mediaApi, 'createUpload'), own);
  }

  /** Starts an upload, which must be taken; gives its id. */
  async begin(ticket: string, length: number): Promise<string> {
    const answer = await this.create(ticket, length);
    const location = answer.headers.get('location');
    if (answer.status !== 201 || location === null) throw new Error(`refused: ${answer.status} ${answer.code ?? ''}`);
    return location.split('/').at(-1) ?? '';
  }

  /** Bytes that arrived, as the server says. */
  async offset(uploadId: string): Promise<TusAnswer> {
    return await this.send('HEAD', this.path(uploadId), {});
  }

  /** Sends a piece. */
  async append(
    uploadId: string,
    offset: number,
    piece: Uint8Array | ReadableStream<Uint8Array>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<TusAnswer> {
    const own = { 'upload-offset': String(offset), 'content-type': TUS_MEDIA_TYPE, ...headers };
    return await this.send('PATCH', this.path(uploadId), own, piece);
  }

  async abort(uploadId: string): Promise<TusAnswer> {
    return await this.send('DELETE', this.path(uploadId), {});
  }

  private path(uploadId: string): string {
    return routePath(mediaApi, 'appendUpload', { uploadId });
  }

  private async send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: Uint8Array | ReadableStream<Uint8Array>,
  ): Promise<TusAnswer> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        origin: TEST_ORIGIN,
        'tus-resumable': TUS_VERSION,
        ...(this.who === undefined ? {} : { cookie: `sid=${this.who.secret}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body, duplex: 'half' }),
    } as RequestInit);
    const text = await answer.text();
    const isProblem = answer.headers.get('content-type')?.includes('problem+json') === true && text !== '';
    const code = isProblem ? (JSON.parse(text) as { readonly code: string }).code : undefined;
    return { status: answer.status, headers: answer.headers, code };
  }
}

/** Uploads a whole file at once; gives the upload's id. */
export async function uploadWhole(client: TusClient, ticket: string, bytes: Uint8Array): Promise<string> {
  const uploadId = await client.begin(ticket, bytes.length);
  const answer = await client.append(uploadId, 0, bytes);
  if (answer.status !== 204) throw new Error(`the piece was refused: ${answer.status} ${answer.code ?? ''}`);
  return uploadId;
}
