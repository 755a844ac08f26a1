import { JsonPatch } from 'cdk8s';
import type { ApiObject } from 'cdk8s';

/** Takes the namespace off a cluster-scoped object, which it would have from its chart, and returns the object. */
export function withoutNamespace<T extends ApiObject>(object: T): T {
  if (object.metadata.namespace !== undefined) object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  return object;
}
