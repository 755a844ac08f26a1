/**
 * Variables of *service links*: for each Service of the namespace that is there before a pod starts, the kubelet adds
 * `<SERVICE>_SERVICE_HOST`, `<SERVICE>_SERVICE_PORT` and more. Whether they are there depends on what was made first, so
 * nothing may rely on one. Those of the API server, `KUBERNETES_*`, are always there.
 */

const LINK = /^(.+?)_(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$/;
const API_SERVER = /^KUBERNETES_(?:SERVICE_HOST|SERVICE_PORT(?:_HTTPS)?|PORT|PORT_\d+_TCP(?:_(?:PROTO|PORT|ADDR))?)$/;

/** Whether the kubelet gives the name to each container, service links or not. */
export function isApiServerVariable(name: string): boolean {
  return API_SERVER.test(name);
}

/**
 * The Service whose link alone would give a name; undefined when none would. `X_PORT` is also what anybody would call a
 * port, so that is a link only when there is a Service of that name.
 */
export function serviceOfLink(name: string, services: readonly string[]): string | undefined {
  const prefix = LINK.exec(name)?.[1] ?? (name.endsWith('_PORT') ? name.slice(0, -'_PORT'.length) : undefined);
  if (prefix === undefined) return undefined;
  const known = services.find((service) => linkPrefix(service) === prefix);
  return known ?? (LINK.test(name) ? prefix.toLowerCase().replaceAll('_', '-') : undefined);
}

/** What of a Service's name stands in its variables: `my-db` gives `MY_DB`. */
function linkPrefix(service: string): string {
  return service.toUpperCase().replaceAll('-', '_');
}
