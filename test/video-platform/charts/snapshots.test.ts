/** One snapshot a chart, for each settings. What of it is a promise is stated in promises.test.ts and by the constructs' own tests. */
import { Chart, Testing } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { ha, k3s, platformApps } from '#video-platform';

describe.each(Object.entries({ k3s, ha }))('the platform for %s', (_name, settings) => {
  const apps = platformApps(settings, 'unused');
  const charts = [apps.deployed, apps.bootstrap, apps.admission, ...(apps.k3s === undefined ? [] : [apps.k3s])].flatMap(
    (app) => app.node.children.filter((child) => Chart.isChart(child)),
  );

  it.each(charts.map((chart) => [chart.node.id, chart] as const))('%s', (_id, chart) => {
    expect(Testing.synth(chart)).toMatchSnapshot();
  });
});
