import type { FieldFault, Route } from '#contracts';
import type { Request } from 'express';
import type { z } from 'zod';
import { HttpError } from './problem.ts';

/** Parsed parts of a request. */
export interface ParsedRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

type Part = 'params' | 'query' | 'body';

/** Parses path, query and body by a route's schemas. Throws `invalid` with every fault; a path that cannot be is `not_found`. */
export function parseRequest(route: Route, request: Request): ParsedRequest {
  const params = parsePart('params', route.params, request.params);
  // an id of the wrong shape names nothing that could be here
  if (params.faults.length > 0) throw new HttpError('not_found');
  const query = parsePart('query', route.query, request.query);
  const body = parsePart('body', route.body, request.body);
  const errors = [...query.faults, ...body.faults];
  if (errors.length > 0) throw new HttpError('invalid', { errors });
  return { params: params.value, query: query.value, body: body.value };
}

interface ParsedPart {
  readonly value: unknown;
  readonly faults: readonly FieldFault[];
}

function parsePart(part: Part, schema: z.ZodType | undefined, value: unknown): ParsedPart {
  if (schema === undefined) return { value: undefined, faults: [] };
  const nul = nulPath(value, []);
  if (nul !== undefined) {
    return { value: undefined, faults: [{ pointer: pointerTo(part, nul), detail: 'must not hold the character NUL' }] };
  }
  const read = schema.safeParse(value);
  if (read.success) return { value: read.data, faults: [] };
  return { value: undefined, faults: read.error.issues.flatMap((issue) => faultsOf(part, issue)) };
}

/** One fault for each field that an object does not know, else one for the issue. */
function faultsOf(part: Part, issue: z.core.$ZodIssue): FieldFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerTo(part, [...issue.path, key]),
      detail: 'is not a known field',
    }));
  }
  return [{ pointer: pointerTo(part, issue.path), detail: issue.message }];
}

function pointerTo(part: Part, path: readonly PropertyKey[]): string {
  if (part === 'query') return `?${path.map(String).join('.')}`;
  if (part === 'params') return `:${path.map(String).join('.')}`;
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Where a text holds NUL, which PostgreSQL cannot keep; undefined when none does. */
function nulPath(value: unknown, path: readonly PropertyKey[]): readonly PropertyKey[] | undefined {
  if (typeof value === 'string') return value.includes('\0') ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = key.includes('\0') ? [...path, key] : nulPath(inner, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
