import { Chart, type App } from 'cdk8s';
import { SERVICES } from '#catalog';
import { ApiGateway, WebFrontend } from '#cdk8s-nats';
import type { PlatformSettings } from '../settings/platform-settings.ts';

/** The web, which is given back, and the gateway in front of it and of the services. */
export function edgeCharts(app: App, settings: PlatformSettings): WebFrontend {
  const { namespace } = settings;
  const web = new WebFrontend(new Chart(app, '30-web', { namespace }), 'web', {
    image: settings.images.web,
    imagePullSecrets: settings.imagePullSecrets,
    replicas: settings.replicas,
  });
  new ApiGateway(new Chart(app, '31-gateway', { namespace }), 'gateway', {
    host: settings.host,
    ...(settings.tlsSecret === undefined ? {} : { tlsSecret: settings.tlsSecret }),
    routes: SERVICES,
    web,
  });
  return web;
}
