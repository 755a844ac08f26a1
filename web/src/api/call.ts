/** Calls of the services' operations; what goes in and what comes out is typed by the contracts. */
import type { Api, BodyInputOf, OperationOf, PathParams, PathQuery, Problem, ResponseOf, RouteOf } from '#contracts';
import { firstOf } from './abort-signals.ts';
import { pathOf, type Face } from './face.ts';
import { Refusal, Unreachable } from './refusal.ts';

/** Milliseconds after which a call counts as not answered. */
const TIMEOUT_MS = 30_000;

type Needed<Name extends string, Value> = Value extends undefined
  ? { readonly [N in Name]?: undefined }
  : { readonly [N in Name]: Value };

/** What a call of an operation is given. */
export type CallRequest<A extends Api, Id extends OperationOf<A>> = Needed<'body', BodyInputOf<RouteOf<A, Id>>> &
  (RouteOf<A, Id> extends { readonly params: unknown }
    ? { readonly params: PathParams<RouteOf<A, Id>> }
    : { readonly params?: undefined }) & {
    readonly query?: PathQuery<RouteOf<A, Id>> | undefined;
    readonly signal?: AbortSignal | undefined;
    /** Makes a repeated creation harmless: the same key gets the same answer. */
    readonly idempotencyKey?: string | undefined;
    /** Version that is changed, as its `ETag`; another one is refused with `version_mismatch`. */
    readonly ifMatch?: string | undefined;
    /** Lets the call outlive the page, for what is sent when it is left. */
    readonly keepalive?: boolean | undefined;
  };

/** Arguments after the operation's name: the request, which may be left out where the operation needs nothing. */
export type CallArguments<A extends Api, Id extends OperationOf<A>> =
  Record<never, never> extends CallRequest<A, Id> ? [request?: CallRequest<A, Id>] : [request: CallRequest<A, Id>];

/** A successful answer with what its headers tell. */
export interface Answer<Data> {
  readonly data: Data;
  readonly etag: string | undefined;
  readonly requestId: string | undefined;
}

/** How a call ended: `error` is absent when the service answered and did not say that a part of it is away. */
export interface CallOutcome {
  readonly service: string;
  readonly error?: Refusal | Unreachable;
}

const listeners = new Set<(outcome: CallOutcome) => void>();

/** Tells of every call how it ended; returns what ends the telling. */
export function onCallOutcome(listener: (outcome: CallOutcome) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells those who watch calls how one ended; for what reaches a service by other ways, such as the live stream. */
export function reportOutcome(outcome: CallOutcome): void {
  for (const listener of listeners) listener(outcome);
}

/** Calls an operation and gives its answer. Throws {@link Refusal}, {@link Unreachable}, or what `signal` was aborted with. */
export async function call<A extends Api, Id extends OperationOf<A>>(
  face: Face<A>,
  id: Id,
  ...args: CallArguments<A, Id>
): Promise<ResponseOf<RouteOf<A, Id>>> {
  return (await callForAnswer(face, id, ...args)).data;
}

/** As {@link call}, with the `ETag` and the request id. */
export async function callForAnswer<A extends Api, Id extends OperationOf<A>>(
  face: Face<A>,
  id: Id,
  ...args: CallArguments<A, Id>
): Promise<Answer<ResponseOf<RouteOf<A, Id>>>> {
  const request = (args[0] ?? {}) as Partial<CallRequest<A, Id>>;
  const response = await send(face.service, pathOf(face, id, request.params, request.query), {
    method: face.routes[id].method.toUpperCase(),
    headers: headersOf(request),
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    ...(request.keepalive ? { keepalive: true } : {}),
    ...(request.signal ? { signal: request.signal } : {}),
  });
  const data: unknown = response.status === 204 ? undefined : await bodyOf(face.service, response);
  reportOutcome({ service: face.service });
  return {
    data: data as ResponseOf<RouteOf<A, Id>>,
    etag: response.headers.get('etag') ?? undefined,
    requestId: response.headers.get('x-request-id') ?? undefined,
  };
}

/**
 * Fetches a path of a service; a refusal and no answer are thrown as {@link call} throws them. An `unlimited` answer may
 * last forever, as a stream does.
 */
export async function send(
  service: string,
  path: string,
  { unlimited = false, ...init }: RequestInit & { readonly unlimited?: boolean },
): Promise<Response> {
  const given = init.signal ?? undefined;
  const signals = [...(unlimited ? [] : [AbortSignal.timeout(TIMEOUT_MS)]), ...(given ? [given] : [])];
  // outside the try: a fault of the page is thrown as what it is, never reported as an outage
  const signal = firstOf(signals);
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init, signal });
  } catch (cause) {
    if (given?.aborted) throw cause;
    throw reported(new Unreachable(service, globalThis.navigator?.onLine === false, cause));
  }
  if (response.ok) return response;
  throw reported(new Refusal(service, await problemOf(service, response)));
}

/** Whether a service answers at all; asks for its version, which needs no store. */
export async function answers(service: string, withinMs: number): Promise<boolean> {
  const answer = await fetch(`/api/${service}/version`, { signal: AbortSignal.timeout(withinMs) }).catch(
    () => undefined,
  );
  return answer !== undefined && answer.status < 500;
}

/** Whether the web's own server answers. */
export async function pageIsServed(): Promise<boolean> {
  const answer = await fetch('/', { method: 'HEAD', cache: 'no-store' }).catch(() => undefined);
  return answer?.ok ?? false;
}

/** The problem of a refused response; one in our words when it carries none, as from a proxy. */
export async function problemOf(service: string, response: Response): Promise<Problem> {
  const retryAfterSeconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const body: unknown = await response.json().catch(() => undefined);
  if (isProblem(body)) return body;
  const away = [502, 503, 504].includes(response.status);
  return {
    type: 'about:blank',
    status: response.status,
    code: away ? 'unavailable' : response.status === 404 ? 'not_found' : 'internal',
    title: away ? 'part of the service is unavailable' : 'something went wrong on the server',
    requestId: response.headers.get('x-request-id') ?? '',
    ...(away ? { dependency: service } : {}),
    ...(Number.isFinite(retryAfterSeconds) ? { retryAfterSeconds } : {}),
  };
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'title' in body && 'status' in body;
}

function headersOf(request: {
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
  readonly ifMatch?: string | undefined;
}): Record<string, string> {
  return {
    accept: 'application/json, application/problem+json',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
    ...(request.ifMatch === undefined ? {} : { 'if-match': request.ifMatch }),
  };
}

async function bodyOf(service: string, response: Response): Promise<unknown> {
  const text = await response.text().catch((cause: unknown) => {
    throw reported(new Unreachable(service, globalThis.navigator?.onLine === false, cause));
  });
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

function reported<E extends Refusal | Unreachable>(error: E): E {
  reportOutcome({ service: error.service, error });
  return error;
}
