import { ApiObject, App, Chart, JsonPatch, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addManifestChecks, NatsMicroservice, NatsWorker, Redis, silenceRules } from '#constructs';
import { defineRequest } from '#declare';
import { rendered } from '#test-support/rendered';
import { SHOP_SERVICES } from '#test-support/shop-topology';
import { faultsOf } from '#test-support/store-chart';

const IMAGE = 'registry.example/shop/orders:1.4.2';
const CONTAINER = '/spec/template/spec/containers/0';
const ALONE = { natsUrl: false, redisUrl: false, databaseUrl: false } as const;

/** Rules that synthesis finds broken, of an app with one microservice that is changed after it was made. */
function broken(change: (service: NatsMicroservice, chart: Chart) => void): readonly string[] {
  const app = new App();
  const checks = addManifestChecks(app);
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  change(new NatsMicroservice(chart, 'orders', { image: IMAGE, ...ALONE }), chart);
  return checks.faults().map(({ rule, place, message }) => `${rule} ${place}: ${message}`);
}
const patched = (...patches: readonly JsonPatch[]) =>
  broken(({ deployment }) => {
    deployment.addJsonPatch(...patches);
  });

describe('the final manifest of a microservice', () => {
  it('keeps its rules as it is made', () => {
    expect(patched()).toEqual([]);
  });

  it('is told when code set another port, removed limits, or took a moving tag', () => {
    const found = patched(
      JsonPatch.replace(`${CONTAINER}/ports/0/containerPort`, 9000),
      JsonPatch.remove(`${CONTAINER}/resources`),
      JsonPatch.replace(`${CONTAINER}/image`, 'registry.example/shop/orders:latest'),
    );
    const ofRules = found.filter((line) =>
      line.startsWith('microservice-rules shop/orders/deployment (Deployment/orders)'),
    );
    expect(ofRules).toEqual([
      expect.stringContaining('has the port 9000, must have 8000'),
      expect.stringContaining('has no cpu limit'),
      expect.stringContaining('has no memory limit'),
      expect.stringContaining('orders:latest'),
    ]);
  });

  it('of a worker keeps limits and image, and has no port', () => {
    const found = broken((_, chart) => {
      const worker = new NatsWorker(chart, 'mail', { image: IMAGE, ...ALONE, probes: false });
      worker.deployment.addJsonPatch(JsonPatch.remove(`${CONTAINER}/resources`));
    });
    expect(found.filter((line) => line.startsWith('microservice-rules'))).toHaveLength(2);
  });
});

describe('a rule is switched off', () => {
  const latest = JsonPatch.replace(`${CONTAINER}/image`, 'registry.example/shop/orders:latest');

  it('for one object by the annotation that lint honours', () => {
    const found = broken(({ deployment }) => {
      deployment.addJsonPatch(latest);
      deployment.metadata.addAnnotation('cdk8s-nats.dev/lint-disable', 'microservice-rules');
    });
    expect(found).toEqual([]);
  });

  it('for the objects below a construct, and no others', () => {
    const namespaced = (chart: Chart, id: string) =>
      new ApiObject(chart, id, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: id, namespace: 'shop' } });
    const found = broken((service, chart) => {
      service.deployment.addJsonPatch(latest);
      silenceRules(service, 'microservice-rules');
      silenceRules(namespaced(chart, 'quiet'), 'all');
      namespaced(chart, 'loud');
    });
    expect(found).toEqual([expect.stringContaining('object-scope shop/loud')]);
  });
});

describe('peers of a microservice', () => {
  it.each([
    [{ egress: [{ port: 443, cidrs: ['10.0.0.0'] }] }, /cidrs contains "10\.0\.0\.0", it has no prefix length/],
    [{ egress: [{ port: 443, cidrs: ['10.0.0.256/8'] }] }, /is no IP address/],
    [{ egress: [{ port: 70_000 }] }, /egress\[0\]\.port is 70000/],
    [{ callers: [{ podLabels: {} }] }, /empty podLabels, which means every pod of the namespace/],
    [{ callers: [{ podLabels: {}, namespaceLabels: {} }] }, /empty namespaceLabels, which means every namespace/],
    [{ callers: [{ cidrs: [] }] }, /a caller has empty cidrs, which means nobody: name a range, or remove it/],
    [{ image: 'UPPER/x:1' }, /invalid image reference, its path contains capital letters/],
  ])('%j are a fault', (props, message) => {
    const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
    const faults = faultsOf(() => new NatsMicroservice(chart, 'orders', { image: IMAGE, ...props }));
    expect(faults).toEqual([expect.stringMatching(message)]);
  });
});

describe('what is left of a list of callers without any address', () => {
  it('lets nobody into a store', () => {
    const { object } = rendered((chart) => {
      new Redis(chart, 'redis', { services: SHOP_SERVICES, callers: [{ cidrs: [] }] });
    });
    expect(object('NetworkPolicy/redis').along(['spec', 'ingress']).value).not.toContainEqual(
      expect.objectContaining({ from: [] }),
    );
  });
});

it('tells the topology of what a construct answers and asks', () => {
  const ask = defineRequest({ subject: 'rpc.stock', payload: z.string(), reply: z.string() });
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
  const { declaration } = new NatsMicroservice(chart, 'stock', { image: IMAGE, responds: [ask] });
  const asks = new NatsMicroservice(chart, 'orders', { image: IMAGE, requests: [ask] }).declaration;
  expect([declaration.responds, asks.requests]).toEqual([[ask], [ask]]);
});
