/** One pass over some apps, in which each object is rendered once, for the checks and for its file alike. */
import type { ApiObject } from 'cdk8s';
import { plainObjectJson } from './plain-object.ts';

let rendered: Map<ApiObject, unknown> | undefined;

/** Runs work in which {@link renderedJson} renders each object once. */
export function inOnePass<T>(work: () => T): T {
  if (rendered !== undefined) return work();
  rendered = new Map();
  try {
    return work();
  } finally {
    rendered = undefined;
  }
}

/** An object as JSON. It is shared within a pass and not to be changed. */
export function renderedJson(object: ApiObject): unknown {
  const known = rendered?.get(object);
  if (known !== undefined) return known;
  const json: unknown = plainObjectJson(object) ?? object.toJson();
  rendered?.set(object, json);
  return json;
}
