/**
 * Variables of *service links*: for each Service in the namespace that exists before a pod starts, the kubelet adds
 * `<SERVICE>_SERVICE_HOST`, `<SERVICE>_SERVICE_PORT` and more. Whether they exist depends on the order of creation, so
 * nothing may rely on them. Those of the API server, `KUBERNETES_*`, always exist.
 */

const LINK = /^(.+?)_(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$/;
const API_SERVER = /^KUBERNETES_(?:SERVICE_HOST|SERVICE_PORT(?:_HTTPS)?|PORT|PORT_\d+_TCP(?:_(?:PROTO|PORT|ADDR))?)$/;

/** Whether the kubelet defines the name in every container, with or without service links. */
export function isApiServerVariable(name: string): boolean {
  return API_SERVER.test(name);
}

/**
 * The Service whose link would define a name; undefined if none would. `X_PORT` is also a usual name for a port, so it
 * counts as a link only if a Service of that name exists.
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
