/**
 * Annotations by which a class of Ingress lets long answers (SSE) and slow uploads through. They set timeouts and
 * disable the controller's body limit and buffering; the services limit bodies themselves. Traefik has none for an
 * Ingress: its timeouts belong to the entry points, see K3sTraefik.
 */

/** Controllers whose annotations are known. */
export type IngressController = 'traefik' | 'ingress-nginx' | 'nginx' | 'haproxy' | 'kong' | 'alb';

/** Their names; written beside the type, so that the published type shows its words. */
export const CONTROLLERS: readonly IngressController[] = [
  'traefik',
  'ingress-nginx',
  'nginx',
  'haproxy',
  'kong',
  'alb',
];

const CONTROLLER_OF_CLASS: Readonly<Record<string, IngressController>> = {
  traefik: 'traefik',
  nginx: 'ingress-nginx',
  haproxy: 'haproxy',
  kong: 'kong',
  alb: 'alb',
};

/** The controller that usually serves a class with that name. */
export function controllerOfClass(className: string): IngressController | undefined {
  return CONTROLLER_OF_CLASS[className];
}

/** Annotations of an Ingress for its controller. */
export function controllerAnnotations(
  controller: IngressController | undefined,
  options: { readonly timeoutSeconds: number; readonly tls: boolean },
): Readonly<Record<string, string>> {
  const { timeoutSeconds, tls } = options;
  switch (controller) {
    case 'traefik':
      return tls ? { 'traefik.ingress.kubernetes.io/router.entrypoints': 'websecure' } : {};
    case 'ingress-nginx':
      return {
        'nginx.ingress.kubernetes.io/proxy-body-size': '0',
        'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
        'nginx.ingress.kubernetes.io/proxy-read-timeout': String(timeoutSeconds),
        'nginx.ingress.kubernetes.io/proxy-request-buffering': 'off',
        'nginx.ingress.kubernetes.io/proxy-send-timeout': String(timeoutSeconds),
      };
    case 'nginx':
      return {
        'nginx.org/client-max-body-size': '0',
        'nginx.org/proxy-buffering': 'False',
        'nginx.org/proxy-read-timeout': `${timeoutSeconds}s`,
        'nginx.org/proxy-send-timeout': `${timeoutSeconds}s`,
      };
    case 'haproxy':
      return { 'haproxy.org/timeout-client': `${timeoutSeconds}s`, 'haproxy.org/timeout-server': `${timeoutSeconds}s` };
    case 'kong':
      // its timeouts are annotations of Services
      return { 'konghq.com/request-buffering': 'false', 'konghq.com/response-buffering': 'false' };
    case 'alb':
      return {
        // every service and the web answer there
        'alb.ingress.kubernetes.io/healthcheck-path': '/livez',
        'alb.ingress.kubernetes.io/load-balancer-attributes': `idle_timeout.timeout_seconds=${timeoutSeconds}`,
      };
    case undefined:
      return {};
  }
}
