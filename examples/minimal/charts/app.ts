/** The objects on the cluster. */
import { App, Chart } from 'cdk8s';
import { addManifestChecks, ApiGateway, NatsMicroservice, PlatformNamespace } from 'cdk8s-nats';
import { hello } from '../services/hello/declaration.ts';

const NAMESPACE = 'minimal';
const IMAGE = 'registry.example/minimal/hello:0.1.0';
const NO_STORES = { natsUrl: false, databaseUrl: false, redisUrl: false } as const;

/** Creates the app. File names sort in the order in which the objects are applied. */
export function createApp(): App {
  const app = new App({ outputFileExtension: '.yaml' });
  addManifestChecks(app);
  const chart = (id: string) => new Chart(app, id, { namespace: NAMESPACE });
  new PlatformNamespace(chart('00-namespace'), NAMESPACE);
  new NatsMicroservice(chart('20-hello'), 'hello', { ...hello, ...NO_STORES, image: IMAGE });
  new ApiGateway(chart('30-gateway'), 'gateway', {
    className: 'traefik',
    host: 'minimal.example.net',
    routes: [hello],
  });
  return app;
}
