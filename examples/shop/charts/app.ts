/** The objects on the cluster. Variables, logins, permissions and network policies follow from the declarations. */
import { App, Chart } from 'cdk8s';
import {
  addManifestChecks,
  ApiGateway,
  NatsMicroservice,
  NatsServer,
  PlatformNamespace,
  Postgres,
  RequiredSecrets,
} from 'cdk8s-nats';
import { services, topology } from '../services/topology.ts';

const NAMESPACE = 'shop';
const REGISTRY = 'registry.example/shop';
const VERSION = '0.1.0';

/** Creates the app. File names sort in the order in which the objects are applied. */
export function createApp(): App {
  const app = new App({ outputFileExtension: '.yaml' });
  addManifestChecks(app);
  const chart = (id: string) => new Chart(app, id, { namespace: NAMESPACE });
  new PlatformNamespace(chart('00-namespace'), NAMESPACE);
  new RequiredSecrets(chart('01-required-secrets'), 'required-secrets');
  new NatsServer(chart('10-nats'), 'nats', { topology });
  new Postgres(chart('11-postgres'), 'postgres', { services, database: 'app' });
  for (const service of services) {
    const image = `${REGISTRY}/${service.name}:${VERSION}`;
    new NatsMicroservice(chart(`20-${service.name}`), service.name, { ...service, image, redisUrl: false });
  }
  new ApiGateway(chart('30-gateway'), 'gateway', { className: 'traefik', host: 'shop.example.net', routes: services });
  return app;
}
