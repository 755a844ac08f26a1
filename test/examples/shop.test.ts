import { Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { shopApp } from '../../examples/shop/charts.ts';

const charts = shopApp('unused').node.children.filter((child) => Chart.isChart(child));

describe('the second app', () => {
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
    expect(files?.['APP-orders.conf']).toContain('shop.orders.placed');
    const mail = files?.['APP-mail.conf'] ?? '';
    expect(mail).toContain('user: "mail"');
    expect(mail.slice(0, mail.indexOf('subscribe'))).not.toContain('"shop.orders.placed"');
  });
});
