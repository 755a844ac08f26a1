import type { FieldFault, HttpSchema, Route } from '#declare';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Request } from 'express';
import { HttpError } from './problem.ts';

/** Parsed parts of a request. */
export interface ParsedRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

type Part = 'params' | 'query' | 'body';

/** Parses path, query and body by a route's schemas. Throws `invalid` with every fault; a path that cannot be is `not_found`. */
export async function parseRequest(route: Route, request: Request): Promise<ParsedRequest> {
  const params = await parsePart('params', route.params, request.params);
  // an id of the wrong shape names nothing that could be here
  if (params.faults.length > 0) throw new HttpError('not_found');
  const query = await parsePart('query', route.query, request.query);
  const body = await parsePart('body', route.body, request.body);
  const errors = [...query.faults, ...body.faults];
  if (errors.length > 0) throw new HttpError('invalid', { errors });
  return { params: params.value, query: query.value, body: body.value };
}

interface ParsedPart {
  readonly value: unknown;
  readonly faults: readonly FieldFault[];
}

async function parsePart(part: Part, schema: HttpSchema | undefined, value: unknown): Promise<ParsedPart> {
  if (schema === undefined) return { value: undefined, faults: [] };
  const unfit = unfitText(value);
  if (unfit !== undefined) {
    return { value: undefined, faults: [{ pointer: pointerTo(part, unfit.path), detail: unfit.detail }] };
  }
  const read = await schema['~standard'].validate(value);
  if (read.issues === undefined) return { value: read.value, faults: [] };
  return { value: undefined, faults: read.issues.flatMap((issue) => faultsOf(part, issue)) };
}

/** One fault for each field that an object does not know, as zod lists them in one issue; else one for the issue. */
function faultsOf(part: Part, issue: StandardSchemaV1.Issue & { readonly keys?: unknown }): FieldFault[] {
  const path = (issue.path ?? []).map((step) => (typeof step === 'object' ? step.key : step));
  const { keys } = issue;
  if (Array.isArray(keys)) {
    return keys.map((key) => ({ pointer: pointerTo(part, [...path, String(key)]), detail: 'is not a known field' }));
  }
  return [{ pointer: pointerTo(part, path), detail: issue.message }];
}

function pointerTo(part: Part, path: readonly PropertyKey[]): string {
  if (part === 'query') return `?${path.map(String).join('.')}`;
  if (part === 'params') return `:${path.map(String).join('.')}`;
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

interface UnfitText {
  readonly path: readonly PropertyKey[];
  readonly detail: string;
}

/** The first text that PostgreSQL cannot keep; undefined without one. Nearly always, so a path is made on the way back alone. */
function unfitText(value: unknown): UnfitText | undefined {
  if (typeof value === 'string') {
    const detail = faultOfText(value);
    return detail === undefined ? undefined : { path: [], detail };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const key of Object.keys(value)) {
    const found = unfitText(key) ?? unfitText((value as Record<string, unknown>)[key]);
    if (found !== undefined) return { path: [key, ...found.path], detail: found.detail };
  }
  return undefined;
}

function faultOfText(text: string): string | undefined {
  if (text.includes('\0')) return 'must not contain a NUL character';
  // half of a pair: it has no form in UTF-8, and PostgreSQL refuses it in JSON
  if (!text.isWellFormed()) return 'must not contain a lone surrogate';
  return undefined;
}
