/** `cdk8s-nats fix` between Helm 4 and the cluster, by the plugin that docs/helm-chart.md shows. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helmMajor, helmProgram } from '#test-support/helm-program';

const run = promisify(execFile);
const found = helmProgram();
const helm4 = found !== undefined && helmMajor(found) === 4 ? found : undefined;

describe.skipIf(helm4 === undefined)('as post-renderer of Helm 4, fix', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'post-renderer-'));
    const [, plugin = ''] =
      /```yaml\n# plugin\.yaml\n([^`]*)```/.exec(readFileSync('docs/helm-chart.md', 'utf8')) ?? [];
    write('plugins/cdk8s-nats-fix/plugin.yaml', plugin);
    write('chart/Chart.yaml', 'apiVersion: v2\nname: shop\nversion: 0.1.0\n');
    const [tsx, main] = [import.meta.resolve('tsx'), resolve('src/cli/main.ts')];
    write('bin/cdk8s-nats', `#!/bin/sh\nexec "${process.execPath}" --import "${tsx}" "${main}" "$@"\n`, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('puts variables in order', async () => {
    const pod = parse(await template('db-host')) as { spec: { containers: [{ env: { name: string }[] }] } };
    expect(pod.spec.containers[0].env.map(({ name }) => name)).toEqual(['DB_HOST', 'DATABASE_URL']);
  });

  it('stops Helm where there is no right order', async () => {
    await expect(template('$(DATABASE_URL)')).rejects.toThrow(/post-renderer plugin "cdk8s-nats-fix"/);
  });

  async function template(host: string): Promise<string> {
    const env = [
      { name: 'DATABASE_URL', value: 'postgresql://$(DB_HOST)/shop' },
      { name: 'DB_HOST', value: host },
    ];
    const containers = [{ name: 'orders', image: 'registry.example/orders:1', env }];
    write(
      'chart/templates/pod.yaml',
      JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'orders' }, spec: { containers } }),
    );
    const args = ['template', 'shop', join(folder, 'chart'), '--post-renderer', 'cdk8s-nats-fix'];
    const { stdout } = await run(helm4 ?? '', args, {
      env: {
        ...process.env,
        HELM_PLUGINS: join(folder, 'plugins'),
        PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH ?? ''}`,
      },
    });
    return stdout;
  }

  function write(path: string, text: string, mode = 0o644): void {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
  }
});
