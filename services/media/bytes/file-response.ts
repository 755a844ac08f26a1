import { notFound } from '#runtime';
import { HttpError } from '#services/platform';
import type { Request, Response } from 'express';
import { basename, dirname } from 'node:path';
import send from 'send';

/** How a file is sent. */
export interface FileResponse {
  readonly file: string;
  readonly contentType: string;
  readonly cacheControl: string;
  /** Further headers. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a file, whole, by Range or not modified; resolves when the answer has ended. Throws a refusal before its first byte. */
export async function sendFile(request: Request, response: Response, props: FileResponse): Promise<void> {
  const { file, contentType, cacheControl, headers = {} } = props;
  const own = { ...headers, 'Content-Type': contentType, 'Cache-Control': cacheControl };
  await new Promise<void>((resolve, reject) => {
    response.once('close', resolve);
    send(request, `/${encodeURIComponent(basename(file))}`, {
      root: dirname(file),
      dotfiles: 'deny',
      index: false,
      cacheControl: false,
    })
      .on('headers', () => response.set(own))
      .on('directory', () => reject(notFound()))
      .on('error', (error: Error & { readonly status?: number; readonly headers?: Record<string, string> }) =>
        reject(refusalOf(error)),
      )
      .pipe(response);
  });
}

function refusalOf(error: Error & { readonly status?: number; readonly headers?: Record<string, string> }): Error {
  if (error.status === 404 || error.status === 403 || error.status === 400) return notFound();
  if (error.status === 412) return new HttpError('version_mismatch');
  if (error.status !== 416) return error;
  return new HttpError('range_not_satisfiable', { headers: error.headers ?? {} });
}
