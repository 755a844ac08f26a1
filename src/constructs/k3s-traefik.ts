import { assertProps, type PropShapes } from '#prop-shapes';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { yamlText } from '#synth';

/** Props of {@link K3sTraefik}. */
export interface K3sTraefikProps {
  /**
   * Seconds within which the body of a request must arrive; the default of Traefik is 60.
   * @default 600
   */
  readonly readTimeoutSeconds?: number;
  /**
   * Whether plain http is redirected to https.
   * @default true
   */
  readonly redirectToHttps?: boolean;
}

/**
 * Settings of the Traefik that is part of k3s, as a HelmChartConfig in kube-system: an administrator applies it once.
 * Body timeouts that a slow upload survives, no limit for responses (SSE), and the address of the client in
 * X-Forwarded-For, without which all clients share one rate limit.
 */
export class K3sTraefik extends Construct {
  constructor(scope: Construct, id: string, props: K3sTraefikProps = {}) {
    super(scope, id);
    assertProps(props, SHAPES, this.node.path, 'K3sTraefik');
    const seconds = props.readTimeoutSeconds ?? 600;
    if (!Number.isInteger(seconds) || seconds < 60) {
      throw new Error(
        `${this.node.path}: readTimeoutSeconds is ${seconds}, it must be an integer of at least 60, the default of Traefik: set it to 600, or omit it`,
      );
    }
    new ApiObject(this, 'helm-chart-config', {
      apiVersion: 'helm.cattle.io/v1',
      kind: 'HelmChartConfig',
      metadata: { name: 'traefik', namespace: 'kube-system' },
      spec: { valuesContent: yamlText([chartValues(seconds, props.redirectToHttps ?? true)]) },
    });
  }
}

/** Arguments rather than the chart's own keys: those changed their names over its versions, and a wrong one is ignored silently. */
function chartValues(readTimeoutSeconds: number, redirectToHttps: boolean): object {
  const timeouts = ['web', 'websecure'].flatMap((entryPoint) => [
    `--entryPoints.${entryPoint}.transport.respondingTimeouts.readTimeout=${readTimeoutSeconds}s`,
    `--entryPoints.${entryPoint}.transport.respondingTimeouts.writeTimeout=0s`,
  ]);
  const redirect = [
    '--entryPoints.web.http.redirections.entryPoint.to=:443',
    '--entryPoints.web.http.redirections.entryPoint.scheme=https',
  ];
  return {
    additionalArguments: [...timeouts, ...(redirectToHttps ? redirect : [])],
    service: { spec: { externalTrafficPolicy: 'Local' } },
  };
}

const SHAPES = {
  readTimeoutSeconds: 'number',
  redirectToHttps: 'boolean',
} as const satisfies PropShapes<K3sTraefikProps>;
