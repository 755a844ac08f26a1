/** Sends calls of operations over HTTP; what goes in and what comes out is typed by the contracts. */
import type { Api, BodyInputOf, OperationOf, PathParams, PathQuery, Problem, ResponseOf, RouteOf } from '#http';
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
    ? {
        /** Parameters of the path. */
        readonly params: PathParams<RouteOf<A, Id>>;
      }
    : {
        /** @default - none: the path has no parameters */
        readonly params?: undefined;
      }) & {
    /** Query of the path. @default - none */
    readonly query?: PathQuery<RouteOf<A, Id>> | undefined;
    /** Ends the call. @default - only the time limit */
    readonly signal?: AbortSignal | undefined;
    /** Makes a repeated creation harmless: the same key gets the same answer. @default - none */
    readonly idempotencyKey?: string | undefined;
    /** Version that is changed, as its `ETag`; another one is refused with `version_mismatch`. @default - none */
    readonly ifMatch?: string | undefined;
    /** Lets the call outlive the page, for what is sent when it is left. @default false */
    readonly keepalive?: boolean | undefined;
  };

/** Arguments after the operation's name: the request, which may be left out where the operation needs nothing. */
export type CallArguments<A extends Api, Id extends OperationOf<A>> =
  Record<never, never> extends CallRequest<A, Id> ? [request?: CallRequest<A, Id>] : [request: CallRequest<A, Id>];

/** A successful answer with what its headers tell. */
export interface Answer<Data> {
  /** The body. */
  readonly data: Data;
  /** Version of what was read, for `ifMatch`; undefined without one. */
  readonly etag: string | undefined;
  /** Id to quote when asking for help. */
  readonly requestId: string | undefined;
}

/** How a call ended: `error` is absent when the service did not refuse it. */
export interface CallOutcome {
  /** Name of the service that was called. */
  readonly service: string;
  /** Why it failed. @default - it succeeded */
  readonly error?: Refusal | Unreachable;
}

/** How a client reaches a service. All are optional in a browser on the same origin. */
export interface ClientOptions {
  /** Where the service is, such as `https://shop.example`. @default - that of the page; required in Node */
  readonly origin?: string;
  /** Headers that every request carries, such as a cookie in Node; asked for at each call. @default - none */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Milliseconds after which a call counts as not answered. @default 30000 */
  readonly timeoutMs?: number;
  /** @default - the global fetch */
  readonly fetch?: typeof fetch;
  /** Called with the outcome of every call. @default - nothing */
  readonly onOutcome?: (outcome: CallOutcome) => void;
}

/** A request that is sent. */
export type Sending = RequestInit & {
  /** Whether it may last forever, as a stream of events does. @default false */
  readonly unlimited?: boolean;
};

/** Sends requests to services, whichever they are. */
export interface Transport {
  /** Calls an operation. Throws {@link Refusal}, {@link Unreachable}, or what `signal` was aborted with. */
  callForAnswer<A extends Api, Id extends OperationOf<A>>(
    face: Face<A>,
    id: Id,
    ...args: CallArguments<A, Id>
  ): Promise<Answer<ResponseOf<RouteOf<A, Id>>>>;
  /** Fetches a path of a service; throws what `callForAnswer` throws. */
  send(service: string, path: string, sending: Sending): Promise<Response>;
}

/** A way to services that share an origin. */
export function createTransport(options: ClientOptions = {}): Transport {
  const { origin = '', headers, timeoutMs = TIMEOUT_MS, onOutcome = () => undefined } = options;

  function reported<E extends Refusal | Unreachable>(error: E): E {
    onOutcome({ service: error.service, error });
    return error;
  }

  async function send(service: string, path: string, { unlimited = false, ...init }: Sending): Promise<Response> {
    const given = init.signal ?? undefined;
    const signals = [...(unlimited ? [] : [AbortSignal.timeout(timeoutMs)]), ...(given ? [given] : [])];
    // outside the try: a fault of the page is thrown as what it is, never reported as an outage
    const signal = firstOf(signals);
    const sent: RequestInit = { credentials: 'same-origin', ...init, signal };
    if (headers !== undefined) {
      sent.headers = Object.fromEntries([...new Headers(headers()), ...new Headers(init.headers)]);
    }
    let response: Response;
    try {
      response = await (options.fetch ?? fetch)(`${origin}${path}`, sent);
    } catch (cause) {
      if (given?.aborted) throw cause;
      throw reported(new Unreachable(service, isOffline(), cause));
    }
    if (response.ok) return response;
    throw reported(new Refusal(service, await problemOf(service, response)));
  }

  async function bodyOf(service: string, response: Response, given: AbortSignal | undefined): Promise<unknown> {
    const text = await response.text().catch((cause: unknown) => {
      if (given?.aborted) throw cause;
      throw reported(new Unreachable(service, isOffline(), cause));
    });
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  return {
    send,
    async callForAnswer(face, id, ...args) {
      const request = (args[0] ?? {}) as AnyRequest;
      const response = await send(face.service, pathOf(face, id, request.params as never, request.query as never), {
        method: face.routes[id].method.toUpperCase(),
        headers: headersOf(request),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        ...(request.keepalive ? { keepalive: true } : {}),
        ...(request.signal ? { signal: request.signal } : {}),
      });
      const data: unknown = response.status === 204 ? undefined : await bodyOf(face.service, response, request.signal);
      onOutcome({ service: face.service });
      return {
        data: data as never,
        etag: response.headers.get('etag') ?? undefined,
        requestId: response.headers.get('x-request-id') ?? undefined,
      };
    },
  };
}

/** A request of any operation. */
interface AnyRequest {
  readonly body?: unknown;
  readonly params?: unknown;
  readonly query?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly ifMatch?: string | undefined;
  readonly keepalive?: boolean | undefined;
}

/** Only a browser knows. */
function isOffline(): boolean {
  const { navigator } = globalThis as { readonly navigator?: { readonly onLine?: boolean } };
  return navigator?.onLine === false;
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

function headersOf(request: AnyRequest): Record<string, string> {
  return {
    accept: 'application/json, application/problem+json',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
    ...(request.ifMatch === undefined ? {} : { 'if-match': request.ifMatch }),
  };
}
