import type { z } from 'zod';

/** Who may call a route: anybody, anybody with the session looked at when there is one, a session, an administrator's session. */
export type Access = 'public' | 'optional' | 'session' | 'admin';

/** One HTTP route of a service, from which come the parsing, the answer's type, the OpenAPI page and the web's client. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Path below `/api/<service>`, as Express writes it: `/videos/:videoId`. */
  readonly path: string;
  readonly access: Access;
  /** One sentence for the OpenAPI page. */
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Schema of a successful JSON answer; absent for 204, a stream or bytes. */
  readonly response?: z.ZodType;
  /** Status of a successful answer. */
  readonly status: 200 | 201 | 202 | 204 | 206;
  /** Whether an `Idempotency-Key` header is honoured. */
  readonly idempotent?: boolean;
  /** Whether the answer has an `ETag` and the request an `If-Match`. */
  readonly concurrency?: 'etag' | 'if-match';
}

/** The HTTP face of one service: its name and its routes by operation id. */
export interface Api<Routes extends Readonly<Record<string, Route>> = Readonly<Record<string, Route>>> {
  /** Name of the service in the catalog; the routes lie under `/api/<service>`. */
  readonly service: string;
  readonly routes: Routes;
}

/** Declares the HTTP face of a service. */
export function defineApi<const Routes extends Readonly<Record<string, Route>>>(
  service: string,
  routes: Routes,
): Api<Routes> {
  return { service, routes };
}
