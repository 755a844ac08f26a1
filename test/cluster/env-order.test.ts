/** The order of env survives every way to apply it over a wrong one. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { kubectlOutput } from '#test-support/cluster/kubectl';

const cluster = inject('cluster');
const NAMESPACE = 'env-order';
const RIGHT = ['DB_USER', 'DB_PASS', 'DB_HOST', 'DATABASE_URL', 'LOG_LEVEL'];
const WRONG: readonly (readonly string[])[] = [
  ['DATABASE_URL', 'DB_USER', 'DB_PASS', 'DB_HOST', 'LOG_LEVEL'],
  ['LOG_LEVEL', 'DATABASE_URL', 'DB_HOST', 'DB_PASS', 'DB_USER'],
  // a variable that ours has not, and one of ours that is not there yet
  ['DATABASE_URL', 'OLD', 'DB_PASS', 'DB_USER', 'LOG_LEVEL'],
];
const VALUES: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgresql://$(DB_USER):$(DB_PASS)@$(DB_HOST)/video',
};

beforeAll(async () => {
  await kubectlOutput(cluster, ['create', 'namespace', NAMESPACE]);
});
afterAll(async () => {
  await kubectlOutput(cluster, ['delete', 'namespace', NAMESPACE, '--wait=false']);
});

describe.each([
  ['client-side', []],
  ['server-side', ['--server-side']],
])('applied %s over a wrong order', (way, flags) => {
  it.each(WRONG.map((order, index) => [order.join(' '), order, `${way}-${index}`] as const))(
    '%s becomes the right one',
    async (_text, wrong, name) => {
      await apply(name, wrong, flags);
      expect(await liveOrder(name)).toEqual(wrong);
      await apply(name, RIGHT, flags);
      expect(await liveOrder(name)).toEqual(RIGHT);
    },
  );
});

it('is right too where the wrong one was applied client-side and ours server-side', async () => {
  await apply('both-ways', WRONG[0] ?? [], []);
  await apply('both-ways', RIGHT, ['--server-side', '--force-conflicts']);
  expect(await liveOrder('both-ways')).toEqual(RIGHT);
});

it('breaks where another field manager applies a variable that one of ours is made to name', async () => {
  await apply('foreign', RIGHT, ['--server-side']);
  const foreign = deployment('foreign', ['DB_HOST', 'REGION'], { DB_HOST: 'db.$(REGION)', REGION: 'north' });
  const flags = ['--server-side', '--force-conflicts', '--field-manager=somebody'];
  await kubectlOutput(cluster, ['apply', '-n', NAMESPACE, ...flags, '-f', '-'], { input: foreign });
  const order = await liveOrder('foreign');
  expect(order.indexOf('REGION')).toBeGreaterThan(order.indexOf('DB_HOST'));
});

async function apply(name: string, order: readonly string[], flags: readonly string[]): Promise<void> {
  await kubectlOutput(cluster, ['apply', '-n', NAMESPACE, ...flags, '-f', '-'], { input: deployment(name, order) });
}

async function liveOrder(name: string): Promise<readonly string[]> {
  const path = 'jsonpath={.spec.template.spec.containers[0].env[*].name}';
  return (await kubectlOutput(cluster, ['get', 'deployment', name, '-n', NAMESPACE, '-o', path])).split(' ');
}

function deployment(name: string, order: readonly string[], values = VALUES): object {
  const labels = { app: name };
  const env = order.map((variable) => ({ name: variable, value: values[variable] ?? variable.toLowerCase() }));
  const containers = [{ name: 'main', image: 'registry.example/main:1', env }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}
