import {
  routePath,
  type Api,
  type BodyInputOf,
  type OperationOf,
  type PathParams,
  type PathQuery,
  type Problem,
  type ResponseOf,
  type RouteOf,
} from '#contracts';
import { TEST_ORIGIN } from './service-stores.ts';

/** What a call sends besides its operation. */
export interface ApiRequest<A extends Api, Id extends OperationOf<A>> {
  readonly params?: PathParams<RouteOf<A, Id>>;
  readonly query?: PathQuery<RouteOf<A, Id>>;
  readonly body?: BodyInputOf<RouteOf<A, Id>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer; `body` is what the contract promises of a success, `problem` what it promises of a refusal. */
export interface ApiAnswer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
  readonly problem: Problem;
}

/** Calls the operations of a service as a browser does: it sends the page's origin, and keeps the session's cookie. */
export class ApiClient<A extends Api> {
  readonly url: string;
  readonly api: A;
  /** Address that the edge saw. */
  readonly address: string;
  /** The session's cookie as it is sent, `sid=…`; empty when there is none. */
  cookie: string;

  constructor(url: string, api: A, who: { readonly cookie?: string; readonly address?: string } = {}) {
    this.url = url;
    this.api = api;
    this.cookie = who.cookie ?? '';
    this.address = who.address ?? randomAddress();
  }

  /** Calls an operation. */
  async send<Id extends OperationOf<A>>(
    id: Id,
    request: ApiRequest<A, Id> = {},
  ): Promise<ApiAnswer<ResponseOf<RouteOf<A, Id>>>> {
    const route = this.api.routes[id];
    if (route === undefined) throw new Error(`${this.api.service} has no operation ${id}`);
    const answer = await fetch(`${this.url}${routePath(this.api, id, request.params, request.query)}`, {
      method: route.method.toUpperCase(),
      headers: {
        origin: TEST_ORIGIN,
        'x-forwarded-for': this.address,
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...((request.body as unknown) === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...((request.body as unknown) === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    this.#keepCookie(answer.headers.getSetCookie());
    const text = await answer.text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const { status, headers } = answer;
    return { status, headers, body: body as ResponseOf<RouteOf<A, Id>>, problem: body as Problem };
  }

  #keepCookie(set: readonly string[]): void {
    const last = set.at(-1);
    if (last === undefined) return;
    this.cookie = /;\s*max-age=0\b/i.test(last) ? '' : (last.split(';')[0] ?? '');
  }
}

/** An address of the net for documentation, so that a limit of one client does not meet that of another. */
function randomAddress(): string {
  const byte = (): number => Math.floor(Math.random() * 254) + 1;
  return `198.${18 + (byte() % 2)}.${byte()}.${byte()}`;
}
