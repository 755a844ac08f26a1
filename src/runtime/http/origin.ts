/** Refuses what another site makes a browser send with our cookie. Clients that are no browser send neither header and have no foreign cookie. */
import type { RequestHandler } from 'express';
import { HttpError } from './problem.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const OWN_SITES = new Set(['same-origin', 'none']);

/** Lets a mutating request through when `Origin` is the platform's and `Sec-Fetch-Site` names no other site; else 403. */
export function sameOrigin(publicOrigin: string): RequestHandler {
  return (request, _response, next) => {
    if (SAFE.has(request.method)) return next();
    const origin = request.get('origin');
    const site = request.get('sec-fetch-site');
    const foreign = (origin !== undefined && origin !== publicOrigin) || (site !== undefined && !OWN_SITES.has(site));
    return next(foreign ? new HttpError('foreign_origin') : undefined);
  };
}
