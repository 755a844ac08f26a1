import { Chart, type App } from 'cdk8s';
import { SERVICES } from '#catalog';
import type { ServiceName } from '#contracts';
import { Env, NatsMicroservice, type EnvVariable, type NatsMicroserviceProps } from '#cdk8s-nats';
import type { PlatformSettings } from '../settings/platform-settings.ts';

/** A chart for each service of the catalog, in its order. */
export function serviceCharts(app: App, settings: PlatformSettings): void {
  const { namespace, imagePullSecrets } = settings;
  for (const { file, ...service } of SERVICES) {
    const chart = new Chart(app, `${file}-${service.name}`, { namespace });
    new NatsMicroservice(chart, service.name, {
      ...service,
      env: [...service.env, ...tracingEnv(settings)],
      image: settings.images[service.name],
      imagePullSecrets: imagePullSecrets.map((name) => ({ name })),
      given: { PUBLIC_ORIGIN: `https://${settings.host}`, ...ownGiven(service.name, settings) },
      replicas: settings.replicas,
      ...ownProps(service.name, settings),
    });
  }
}

/** Where spans go; the NetworkPolicy follows from it. */
function tracingEnv({ tracing }: PlatformSettings): readonly EnvVariable[] {
  return tracing === undefined ? [] : [Env.value('OTEL_EXPORTER_OTLP_ENDPOINT', tracing.endpoint)];
}

/** Values that one service alone is given. */
function ownGiven(service: ServiceName, { nats }: PlatformSettings): Readonly<Record<string, string>> {
  return service === 'queue' ? { STREAM_REPLICAS: String(nats.replicas) } : {};
}

/** What one service needs beyond its declaration. */
function ownProps(service: ServiceName, settings: PlatformSettings): Partial<NatsMicroserviceProps> {
  return service === 'media' ? mediaProps(settings) : {};
}

/** media transcodes in its own pod, so it has larger limits, a disk, and one pod where one node alone can mount that. */
function mediaProps({ media, replicas, storageClass }: PlatformSettings): Partial<NatsMicroserviceProps> {
  const newClaim = {
    size: media.storage,
    accessMode: media.accessMode,
    storageClassName: media.storageClass ?? storageClass,
  };
  return {
    replicas: media.accessMode === 'ReadWriteMany' ? replicas : 1,
    volumes: [{ name: 'data', mountPath: '/data', newClaim }],
    resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '2', memory: '1Gi' } },
    tmpSize: '256Mi',
  };
}
