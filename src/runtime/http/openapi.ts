/**
 * The OpenAPI 3.1 page of an API, from the same schemas that parse its requests. A schema that follows Standard JSON Schema
 * writes its JSON Schema itself, as zod does from 4.2 on; any other is shown as anything.
 */
import { PROBLEM_MEDIA_TYPE, type Api, type HttpSchema, type Route } from '#declare';
import { jsonSchemaOf } from '#json-schema';

type Json = Readonly<Record<string, unknown>>;

const JSON_TYPE = 'application/json';
const STATUS_TEXT: Readonly<Record<number, string>> = {
  200: 'done',
  201: 'made',
  202: 'accepted',
  204: 'done, no content',
  206: 'partial content',
};

/** JSON Schema of a problem, RFC 9457. */
const PROBLEM_SCHEMA: Json = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
        required: ['pointer', 'detail'],
      },
    },
    dependency: { type: 'string' },
    retryAfterSeconds: { type: 'integer', minimum: 0 },
  },
  required: ['type', 'title', 'status', 'code', 'requestId'],
};

/** Renders the page. */
export function openApiOf(
  api: Api,
  options: { readonly version: string; readonly cookieName?: string | undefined },
): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [operation, route] of Object.entries(api.routes)) {
    const path = `/api/${api.service}${route.path.replace(/:([A-Za-z]+)/g, '{$1}')}`;
    (paths[path] ??= {})[route.method] = operationOf(operation, route);
  }
  return {
    openapi: '3.1.0',
    info: { title: api.service, version: options.version },
    paths,
    components: {
      ...(options.cookieName === undefined
        ? {}
        : { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: options.cookieName } } }),
      responses: {
        problem: {
          description: 'a refusal, RFC 9457',
          content: { [PROBLEM_MEDIA_TYPE]: { schema: PROBLEM_SCHEMA } },
        },
      },
    },
  };
}

function operationOf(operationId: string, route: Route): Json {
  const needsSession = route.access !== 'public' && route.access !== 'optional';
  return {
    operationId,
    summary: route.summary,
    'x-access': route.access,
    ...(needsSession ? { security: [{ session: [] }] } : {}),
    ...(route.access === 'optional' ? { security: [{}, { session: [] }] } : {}),
    parameters: [
      ...fieldsOf(route.params, 'path'),
      ...fieldsOf(route.query, 'query'),
      ...headersOf(route).map((name) => ({
        name,
        in: 'header',
        required: name === 'If-Match',
        schema: { type: 'string' },
      })),
    ],
    ...requestBodyOf(route),
    responses: {
      [route.status]: { description: STATUS_TEXT[route.status] ?? 'done', ...contentOf(route) },
      default: { $ref: '#/components/responses/problem' },
    },
  };
}

function fieldsOf(schema: HttpSchema | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchemaOf(schema, 'input') as {
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function headersOf(route: Route): string[] {
  return [
    ...(route.headers ?? []),
    ...(route.idempotent === true ? ['Idempotency-Key'] : []),
    ...(route.concurrency === 'if-match' ? ['If-Match'] : []),
  ];
}

function requestBodyOf(route: Route): Json {
  if (route.body !== undefined) {
    return { requestBody: { required: true, content: { [JSON_TYPE]: { schema: jsonSchemaOf(route.body, 'input') } } } };
  }
  if (route.requestType === undefined) return {};
  return { requestBody: { required: true, content: { [route.requestType]: { schema: {} } } } };
}

function contentOf(route: Route): Json {
  if (route.response !== undefined) {
    return { content: { [JSON_TYPE]: { schema: jsonSchemaOf(route.response, 'output') } } };
  }
  return route.responseType === undefined ? {} : { content: { [route.responseType]: { schema: {} } } };
}
