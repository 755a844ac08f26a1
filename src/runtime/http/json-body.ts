/**
 * JSON bodies, bounded in every way before anything works on them: size, depth, and time. What checks a body looks at each
 * level of it again, so a few kilobytes of brackets could occupy the process for a second.
 */
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { HttpError, TOO_DEEP, type HttpErrorOptions } from './problem.ts';

/** Most levels of arrays and objects. */
const MOST_LEVELS = 32;
/** A client that sends nothing of its body for so long is let go. */
const BODY_IDLE_MS = 30_000;
/** A body that is not there after this is refused, also when it comes a little at a time. */
const BODY_MS = 60_000;

/** Parses JSON bodies; another media type or charset is 415, a body that is not there is an empty object. */
export function jsonBody(limitBytes: number, withinMs = BODY_MS): RequestHandler[] {
  return [
    (request: Request, response: Response, next: NextFunction) => {
      const hasBody =
        request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
      if (hasBody && !isUtf8Json(request)) {
        next(new HttpError('media_type'));
        return;
      }
      if (hasBody) {
        request.setTimeout(BODY_IDLE_MS, () => request.destroy());
        // what the parser says later finds the answer sent
        const timer = setTimeout(() => next(new HttpError('bad_request', lateBody(withinMs))), withinMs);
        const clear = (): void => clearTimeout(timer);
        response.locals.bodyArrived = clear;
        response.once('close', clear);
      }
      next();
    },
    express.json({
      limit: limitBytes,
      strict: true,
      verify: (_request, _response, bytes, encoding) => {
        // the parser reads the header in full, and decides
        if (encoding !== 'utf-8') throw Object.assign(new Error('charset'), { type: 'charset.unsupported' });
        assertShallow(bytes);
      },
    }),
    (request: Request, response: Response, next: NextFunction) => {
      (response.locals.bodyArrived as (() => void) | undefined)?.();
      request.setTimeout(0);
      request.body ??= {};
      next();
    },
  ];
}

function lateBody(withinMs: number): HttpErrorOptions {
  return {
    detail: `the body did not arrive within ${Math.round(withinMs / 1000)} s`,
    headers: { Connection: 'close' },
  };
}

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;

/** Whether the body is JSON in the one charset that JSON has (RFC 8259). */
function isUtf8Json(request: Request): boolean {
  const [, charset = 'utf-8'] = CHARSET.exec(request.headers['content-type'] ?? '') ?? [];
  return request.is('application/json') !== false && /^utf-8$/i.test(charset);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{`, and `]` and `}`, differ in one bit. */
const LEAST_BIT = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/** Counts brackets outside of texts, without reading more of the JSON. Throws beyond {@link MOST_LEVELS}. */
function assertShallow(bytes: Uint8Array): void {
  let levels = 0;
  let inText = false;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) inText = !inText;
    else if (inText) i += byte === BACKSLASH ? 1 : 0;
    else if ((byte | LEAST_BIT) === CLOSING) levels -= 1;
    else if ((byte | LEAST_BIT) === OPENING) {
      levels += 1;
      if (levels > MOST_LEVELS) {
        throw Object.assign(new Error(`more than ${MOST_LEVELS} levels of JSON`), { type: TOO_DEEP });
      }
    }
  }
}
