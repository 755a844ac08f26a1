import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Any schema that follows Standard Schema; zod 4 does. With `~standard.jsonSchema` the OpenAPI page shows it too. */
export type HttpSchema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>;

/**
 * Who may call a route: anyone; anyone, with the session looked up when there is one; a session. Any other word is a right
 * that the service's session source decides, such as `admin`.
 */
export type Access = 'public' | 'optional' | 'session' | (string & {});

/** One HTTP route of a service, from which come the parsing, the answer's type, the OpenAPI page and the web's client. */
export interface Route {
  /** HTTP method. */
  readonly method: 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete';
  /** Path below `/api/<service>`, as Express writes it: `/videos/:videoId`. */
  readonly path: string;
  /** Who may call it. */
  readonly access: Access;
  /** One sentence for the OpenAPI page. */
  readonly summary: string;
  /** Schema of the parameters in the path, which arrive as text. @default - the path has none */
  readonly params?: HttpSchema;
  /** Schema of the query, which arrives as text; what it does not know is dropped. @default - the query is dropped */
  readonly query?: HttpSchema;
  /** Schema of the JSON body; a field that it does not know is refused. @default - the body is not read */
  readonly body?: HttpSchema;
  /** Schema of a successful JSON answer; absent for 204, a stream or bytes. @default - no JSON */
  readonly response?: HttpSchema;
  /** Status of a successful answer. */
  readonly status: 200 | 201 | 202 | 204 | 206;
  /** Media type of a request that is not JSON; the route parses it itself. @default - JSON */
  readonly requestType?: string;
  /** Media type of an answer that is not JSON. @default - JSON */
  readonly responseType?: string;
  /** Names of the request headers that the route reads besides those that all read, for the OpenAPI page. @default [] */
  readonly headers?: readonly string[];
  /** Whether an `Idempotency-Key` header is honoured. @default false */
  readonly idempotent?: boolean;
  /** Whether the answer has an `ETag` and the request an `If-Match`. @default - neither */
  readonly concurrency?: 'etag' | 'if-match';
}

/** Routes of one service by operation id. */
export type Routes = Readonly<Record<string, Route>>;

/** The HTTP face of one service: its name and its routes by operation id. */
export interface Api<R extends Routes = Routes> {
  /** Name of the service in the catalog; the routes lie under `/api/<service>`. */
  readonly service: string;
  /** Routes by operation id. */
  readonly routes: R;
}

/** Operation ids of an API. */
export type OperationOf<A extends Api> = keyof A['routes'] & string;

/** The route of an operation. */
export type RouteOf<A extends Api, Id extends OperationOf<A>> = A['routes'][Id];

type Parsed<R extends Route, Part extends 'params' | 'query' | 'body' | 'response'> = R extends {
  readonly [P in Part]: infer S extends StandardSchemaV1;
}
  ? StandardSchemaV1.InferOutput<S>
  : undefined;

type Sent<R extends Route, Part extends 'params' | 'query' | 'body'> = R extends {
  readonly [P in Part]: infer S extends StandardSchemaV1;
}
  ? StandardSchemaV1.InferInput<S>
  : undefined;

/** Parameters of a route as its handler reads them. */
export type ParamsOf<R extends Route> = Parsed<R, 'params'>;
/** Query of a route as its handler reads it: defaults filled, figures as numbers. */
export type QueryOf<R extends Route> = Parsed<R, 'query'>;
/** Body of a route as its handler reads it. */
export type BodyOf<R extends Route> = Parsed<R, 'body'>;
/** Successful JSON answer of a route; undefined where it has none. */
export type ResponseOf<R extends Route> = Parsed<R, 'response'>;
/** Body of a route as a client sends it: what has a default may be left out. */
export type BodyInputOf<R extends Route> = Sent<R, 'body'>;

/** Parameters of a route as a client gives them to {@link routePath}. */
export type PathParams<R extends Route> = R extends { readonly params: infer S extends StandardSchemaV1 }
  ? { readonly [K in keyof StandardSchemaV1.InferOutput<S>]: string | number }
  : Readonly<Record<string, never>>;

/** Query of a route as a client gives it to {@link routePath}; every part may be left out. */
export type PathQuery<R extends Route> = R extends { readonly query: infer S extends StandardSchemaV1 }
  ? { readonly [K in keyof StandardSchemaV1.InferOutput<S>]?: StandardSchemaV1.InferOutput<S>[K] | undefined }
  : Readonly<Record<string, never>>;

type QueryValue = string | number | boolean | readonly string[] | undefined;

/**
 * Path of an operation with its parameters and query filled in, percent-encoded: `/api/video/videos/…`. Throws when a
 * parameter of the path is missing or empty.
 */
export function routePath<A extends Api, Id extends OperationOf<A>>(
  api: A,
  id: Id,
  params?: PathParams<RouteOf<A, Id>>,
  query?: PathQuery<RouteOf<A, Id>>,
): string {
  const route: Route | undefined = api.routes[id];
  if (!route) throw new Error(`${api.service} has no operation ${JSON.stringify(id)}, must be one of its routes`);
  const path = route.path.replace(/:([A-Za-z]+)/g, (_, name: string) => {
    const value = (params as Readonly<Record<string, string | number>> | undefined)?.[name];
    if (value === undefined || value === '') {
      throw new Error(
        `${api.service} ${id}: ${name} is ${value === undefined ? 'missing' : JSON.stringify(value)}, must be a text or number`,
      );
    }
    return encodeURIComponent(value);
  });
  return `/api/${api.service}${path}${queryText(query as Readonly<Record<string, QueryValue>> | undefined)}`;
}

function queryText(query: Readonly<Record<string, QueryValue>> | undefined): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    search.set(name, typeof value === 'object' ? value.join(',') : String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
