/** The shop's objects: stores in the cluster, Redis not needed. In an app of your own the import is from `cdk8s-nats`. */
import { App, Chart } from 'cdk8s';
import { addManifestChecks, ApiGateway, NatsMicroservice, NatsServer, Postgres } from '#cdk8s-nats';
import { services, topology } from './declarations.ts';

const NAMESPACE = 'shop';
const REGISTRY = 'registry.example/shop';

/** Makes the app, to be synthesized into `outdir`. */
export function shopApp(outdir: string): App {
  const app = new App({ outdir, outputFileExtension: '.yaml' });
  const chart = (id: string) => new Chart(app, id, { namespace: NAMESPACE });
  const [orders, mail] = services;

  new NatsServer(chart('10-nats'), 'nats', { topology });
  new Postgres(chart('11-postgres'), 'postgres', { services, database: 'shop' });
  new NatsMicroservice(chart('20-orders'), 'orders', {
    ...orders,
    image: `${REGISTRY}/orders:2.3.1`,
    redisUrl: false,
    replicas: 2,
  });
  new NatsMicroservice(chart('21-mail'), 'mail', {
    ...mail,
    image: `${REGISTRY}/mail:1.9.0`,
    redisUrl: false,
    databaseUrl: false,
    egress: [{ host: 'smtp.example.net', port: 587, cidrs: ['198.51.100.0/24'] }],
    resources: { limits: { cpu: '200m', memory: '256Mi' } },
  });
  new ApiGateway(chart('30-gateway'), 'shop', { className: 'traefik', host: 'shop.example.net', routes: [orders] });
  addManifestChecks(app);
  return app;
}
