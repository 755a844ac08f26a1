import { renderApps } from 'cdk8s-nats';
import { expect, it } from 'vitest';
import { createApp } from '../charts/app.ts';
import { services } from '../services/topology.ts';

it('passes all checks', () => {
  expect(() => renderApps(createApp())).not.toThrow();
});

it.each(services)('$name reads its own password, and composes its URL after it', ({ name }) => {
  const objects = createApp().charts.flatMap((chart) => chart.toJson());
  const deployment = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name);
  const [{ env }] = deployment.spec.template.spec.containers;
  const secretKeyRef = { name: 'shop-secrets', key: `${name}-db-password` };
  expect(env).toContainEqual({ name: 'DB_PASS', valueFrom: { secretKeyRef } });
  const names = env.map((variable: { name: string }) => variable.name);
  expect(names.indexOf('DATABASE_URL')).toBeGreaterThan(names.indexOf('DB_PASS'));
});
