/** Somebody with an account, who uses the platform as a browser does: through the edge, with a cookie, on its own origin. */
import { request } from 'node:http';
import {
  authApi,
  routePath,
  type Api,
  type BodyInputOf,
  type OperationOf,
  type PathParams,
  type PathQuery,
  type ResponseOf,
  type Route,
  type RouteOf,
} from '#contracts';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** A request as it is sent. */
export interface Sending {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Address of this machine that it comes from. @default - the system's choice */
  readonly localAddress?: string;
}

/** What an operation is called with. */
export interface Calling<R extends Route> {
  readonly params?: PathParams<R>;
  readonly query?: PathQuery<R>;
  readonly body?: BodyInputOf<R>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly localAddress?: string;
}

/** Who somebody is. */
export interface Identity {
  readonly handle: string;
  readonly displayName: string;
  readonly password: string;
}

/** A refusal that was not expected. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
  readonly answer: Answer;

  constructor(what: string, answer: Answer) {
    super(`${what} was answered with ${answer.status}: ${answer.body.toString().slice(0, 1000)}`);
    this.answer = answer;
  }
}

/** Sends a request and reads the answer to its end. */
export async function send(
  url: string,
  { method = 'GET', headers = {}, body, localAddress }: Sending,
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const address = localAddress === undefined ? {} : { localAddress };
    const sent = request(url, { method, headers: { ...headers, ...length }, ...address }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.once('error', reject);
      response.once('end', () => {
        const given = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join('; ')]);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(given) as Record<string, string>,
          body: Buffer.concat(pieces),
        });
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** An account, or nobody before it is signed up or logged in. */
export class Member {
  readonly origin: string;
  readonly identity: Identity;
  private cookie = '';

  constructor(origin: string, identity: Identity) {
    this.origin = origin;
    this.identity = identity;
  }

  /** Headers that go with each request: the cookie, and where the page is from. */
  get headers(): Record<string, string> {
    return { origin: this.origin, ...(this.cookie === '' ? {} : { cookie: this.cookie }) };
  }

  /** Makes the account. */
  async signUp(
    options: { readonly localAddress?: string } = {},
  ): Promise<ResponseOf<RouteOf<typeof authApi, 'signUp'>>> {
    const { handle, displayName, password } = this.identity;
    const body = { handle, displayName, password, email: `${handle}@example.org` };
    return await this.call(authApi, 'signUp', { body, ...options });
  }

  /** Logs in to the account; the session before is left as it is. */
  async logIn(): Promise<ResponseOf<RouteOf<typeof authApi, 'logIn'>>> {
    const { handle, password } = this.identity;
    return await this.call(authApi, 'logIn', { body: { login: handle, password } });
  }

  /** Sends a request to a path of the platform; refusals are answers too. */
  async send(path: string, sending: Sending = {}): Promise<Answer> {
    const url = path.startsWith('/') ? `${this.origin}${path}` : path;
    const answer = await send(url, { ...sending, headers: { ...this.headers, ...sending.headers } });
    const cookie = answer.headers['set-cookie']?.split(';')[0];
    if (cookie !== undefined && cookie !== '') this.cookie = cookie;
    return answer;
  }

  /** Calls an operation and gives the answer as it came. */
  async ask<A extends Api, Id extends OperationOf<A>>(
    api: A,
    operation: Id,
    { params, query, body, headers, localAddress }: Calling<RouteOf<A, Id>> = {},
  ): Promise<Answer> {
    const route: Route | undefined = api.routes[operation];
    const json = (body as unknown) === undefined ? {} : { body: JSON.stringify(body) };
    return await this.send(routePath(api, operation, params, query), {
      method: (route?.method ?? 'get').toUpperCase(),
      headers: { ...((body as unknown) === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...json,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
  }

  /** Calls an operation and gives the body of its answer. Throws {@link CallRefused} for any other than the route's. */
  async call<A extends Api, Id extends OperationOf<A>>(
    api: A,
    operation: Id,
    calling: Calling<RouteOf<A, Id>> = {},
  ): Promise<ResponseOf<RouteOf<A, Id>>> {
    const answer = await this.ask(api, operation, calling);
    const route: Route | undefined = api.routes[operation];
    if (answer.status !== route?.status) throw new CallRefused(`${api.service} ${operation}`, answer);
    const json: unknown = answer.body.length === 0 ? undefined : JSON.parse(answer.body.toString());
    const read = await route.response?.['~standard'].validate(json);
    if (read?.issues !== undefined)
      throw new Error(`${api.service} ${operation} answered what its route does not promise`);
    return read?.value as ResponseOf<RouteOf<A, Id>>;
  }
}
