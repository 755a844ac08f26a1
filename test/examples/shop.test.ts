import { Testing } from 'cdk8s';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createApp as createMinimalApp } from '../../examples/minimal/charts/app.ts';
import { createApp } from '../../examples/shop/charts/app.ts';

const charts = createApp().charts;
const SERVICES = ['orders', 'mail'] as const;

describe('the template of cdk8s-nats init', () => {
  it.each(charts.map((chart) => [chart.node.id, chart] as const))('%s', (_id, chart) => {
    expect(Testing.synth(chart)).toMatchSnapshot();
  });

  it('has nothing of the video platform in it', () => {
    const text = JSON.stringify(charts.map((chart) => Testing.synth(chart) as unknown));
    expect(text).not.toMatch(/video|media|notif\b/);
    expect(text).toContain('"namespace":"shop"');
  });

  it('gives each service its own permissions: orders may publish what mail may only consume', () => {
    const nats = charts.flatMap((chart) => Testing.synth(chart) as { kind: string; data?: Record<string, string> }[]);
    const files = nats.find((object) => object.kind === 'ConfigMap' && object.data?.['nats.conf'] !== undefined)?.data;
    expect(files?.['APP-orders.conf']).toContain('events.orders.placed');
    const mail = files?.['APP-mail.conf'] ?? '';
    expect(mail).toContain('user: "mail"');
    expect(mail.slice(0, mail.indexOf('subscribe'))).not.toContain('"events.orders.placed"');
  });
});

it.each([
  ['shop', createApp],
  ['minimal', createMinimalApp],
])('%s creates the checks first, so that they collect the faults of all services', (_name, create) => {
  expect(create().node.children[0]?.node.id).toBe('manifest-checks');
});

describe.each(SERVICES)('the service %s', (name) => {
  const text = ['main.ts', 'service.ts']
    .map((file) => readFileSync(`examples/shop/services/${name}/${file}`, 'utf8'))
    .join('');

  it('has at most 40 lines', () => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  });

  it('needs no types of its own: all of them follow from its declaration', () => {
    expect(text).not.toMatch(/\binterface\b|\btype \w+ =|\bas \w/);
  });
});
