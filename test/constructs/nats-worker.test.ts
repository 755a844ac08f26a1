import { Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { AdmissionPolicy, NatsMicroservice, NatsServer, NatsWorker, Postgres, Redis } from '#constructs';
import type { NatsWorkerProps } from '#constructs';
import { look, rendered } from '#test-support/rendered';
import { faultsOf } from '#test-support/store-chart';
import { mail, shop, SHOP_SERVICES } from '#test-support/shop-topology';

const IMAGE = 'registry.example/shop/mail-room:1.4.2';

function worker(props: Partial<NatsWorkerProps> = {}, id = 'mail-room') {
  const shown = rendered((chart) => {
    new NatsWorker(chart, id, { ...mail, image: IMAGE, ...props });
  });
  return { ...shown, container: shown.object(`Deployment/${id}`).along(['spec', 'template', 'spec', 'containers', 0]) };
}

describe('NatsWorker', () => {
  it('has what a microservice has, except for the Service', () => {
    const microservice = rendered((chart) => {
      new NatsMicroservice(chart, 'mail-room', { ...mail, image: IMAGE });
    });
    const { object, count } = worker();
    for (const kind of ['ServiceAccount', 'NetworkPolicy']) {
      expect(object(`${kind}/mail-room`).value, kind).toEqual(microservice.object(`${kind}/mail-room`).value);
    }
    const deployment = 'Deployment/mail-room';
    expect(object(deployment).at('spec').value).toEqual(microservice.object(deployment).at('spec').value);
    expect(count).toBe(microservice.count - 1);
    expect(() => object('Service/mail-room')).toThrow('no Service/mail-room');
  });

  it('is reached by nobody, not even the edge of the declaration that it shares', () => {
    const { object } = worker({ ...mail, ...({ route: '/api/mail' } as object) });
    expect(object('NetworkPolicy/mail-room').at('spec', 'ingress').exists).toBe(false);
  });

  it('of a foreign image is probed by a command, and has no port', () => {
    const { container } = worker({ probes: { exec: ['/bin/alive'], periodSeconds: 15, timeoutSeconds: 2 } });
    expect(container.at('ports').exists).toBe(false);
    const exec = { command: ['/bin/alive'] };
    expect(container.at('startupProbe').value).toEqual({
      exec,
      periodSeconds: 15,
      timeoutSeconds: 2,
      failureThreshold: 90 / 15,
    });
    expect(container.at('livenessProbe').value).toEqual({
      exec,
      periodSeconds: 15,
      timeoutSeconds: 2,
      failureThreshold: 3,
    });
    expect(container.at('readinessProbe').exists).toBe(false);
  });

  it('of a foreign image may have no probe', () => {
    const { container } = worker({ probes: false });
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe', 'ports']) {
      expect(container.at(probe).exists, probe).toBe(false);
    }
  });

  it('scales and is spread as a microservice is', () => {
    const { object } = worker({ autoscaling: { maxReplicas: 4 } });
    expect(object('HorizontalPodAutoscaler/mail-room').at('spec', 'maxReplicas').value).toBe(4);
    expect(object('PodDisruptionBudget/mail-room').exists).toBe(true);
  });

  it('stands beside the microservice of its declaration, and the stores let both in', () => {
    const chart = new Chart(Testing.app(), 'test', { namespace: 'shop', disableResourceNameHashes: true });
    // the stores come first: what they let in is known at synth
    new NatsServer(chart, 'nats', { topology: shop });
    new Redis(chart, 'redis', { services: SHOP_SERVICES });
    new Postgres(chart, 'postgres', { services: SHOP_SERVICES, database: 'shop' });
    const api = new NatsMicroservice(chart, 'mail-room', { ...mail, image: IMAGE });
    const own = new NatsWorker(chart, 'sorting', { ...mail, image: IMAGE });
    expect([api.name, own.name, own.declaration.name]).toEqual(['mail-room', 'mail-room-sorting', 'mail-room']);
    const { object } = look(Testing.synth(chart) as unknown[]);
    for (const [store, rule] of Object.entries({ nats: 0, redis: 0, postgres: 0 })) {
      const from = object(`NetworkPolicy/${store}`).along(['spec', 'ingress', rule, 'from']);
      const apps = from.items.map((peer) => peer.at('podSelector', 'matchLabels', 'app').text);
      expect(apps, store).toEqual(expect.arrayContaining(['mail-room', 'mail-room-sorting']));
    }
  });

  it('of another namespace is let in there', () => {
    const app = Testing.app();
    const stores = new Chart(app, 'stores', { namespace: 'data', disableResourceNameHashes: true });
    new Redis(stores, 'redis', { services: [mail] });
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    new NatsWorker(chart, 'mail-room', { ...mail, image: IMAGE });
    const { object } = look(Testing.synth(stores) as unknown[]);
    expect(object('NetworkPolicy/redis').along(['spec', 'ingress', 0, 'from']).value).toEqual([
      { podSelector: { matchLabels: { app: 'mail-room' } } },
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
        podSelector: { matchLabels: { app: 'mail-room' } },
      },
    ]);
  });

  it('without a port is admitted by the policy of its namespace', () => {
    const { object } = rendered((chart) => {
      new AdmissionPolicy(chart, 'policy');
      new NatsWorker(chart, 'foreign', { image: IMAGE, probes: false });
      new NatsWorker(chart, 'own', { image: IMAGE });
    });
    const rule = object('ValidatingAdmissionPolicy/shop-workloads').along(['spec', 'validations', 0, 'expression']);
    expect(rule.text).toContain("object.metadata.name in ['foreign'] ||");
  });

  it.each<[string, Partial<NatsWorkerProps>, string]>([
    ['an empty command', { probes: { exec: [] } }, 'exec must be a command'],
    ['a moving image', { image: 'mail:latest' }, 'latest is a moving tag'],
    [
      'a patch that takes the limit',
      {
        patch: [{ op: 'remove', path: '/spec/template/spec/containers/0/resources/limits/cpu' }],
      },
      'has no cpu limit',
    ],
  ])('is refused for %s', (_, props, message) => {
    expect(faultsOf(() => worker(props)).join('\n')).toContain(message);
  });
});
