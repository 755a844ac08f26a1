import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readDesiredState } from '../../src/deploy/desired-state.ts';
import { durationMs, durationText } from '../../src/deploy/duration.ts';
import { EXIT } from '../../src/deploy/exit-codes.ts';
import { deployOptions, HELP } from '../../deploy/deploy-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'cdk8s-nats-deploy-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the options of deploy', () => {
  it('have defaults for all', () => {
    expect(deployOptions([])).toMatchObject({ dist: 'dist', timeoutMs: 600_000, prunes: false, dryRun: false });
  });

  it.each([
    [['--timeout', 'soon'], 'must be a duration such as 90s or 10m'],
    [['--timeout', '0s'], 'must be a duration'],
    [['--url', 'video.example.org'], 'must be an address such as'],
    [['--url', 'https://x', '--skip-edge'], 'cannot be combined'],
    [['dist'], 'takes only options'],
    [['--prnue'], "Unknown option '--prnue'"],
  ])('refuse %j', (args, message) => {
    expect(() => deployOptions(args)).toThrow(message);
  });

  it('ask for help before they are judged', () => {
    expect(deployOptions(['--help', '--timeout', 'soon'])).toBeUndefined();
  });

  it('and every exit code stand in the help and in the guide', () => {
    const guide = readFileSync('docs/deploy.md', 'utf8');
    for (const [name, code] of Object.entries(EXIT)) {
      expect(guide, name).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'));
      expect(HELP).toMatch(new RegExp(`\\b${code} `));
    }
    const options = [...HELP.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option ?? '');
    for (const option of options.filter((it) => it !== '--help')) expect(guide).toContain(`\`${option}`);
  });
});

describe('durations', () => {
  it('are read as kubectl writes them and shown for people', () => {
    expect([durationMs('90s'), durationMs('1h30m'), durationMs('10'), durationMs('1d')]).toEqual([
      90_000,
      5_400_000,
      undefined,
      undefined,
    ]);
    expect([durationText(59_400), durationText(90_000)]).toEqual(['59 s', '1 m 30 s']);
  });
});

describe('the desired state', () => {
  it('is what lies directly in dist, in file order, of one namespace', async () => {
    const { files, namespace, workloads, secrets } = await readDesiredState('dist');
    expect(files[0]).toBe(join('dist', '00-required-secrets.yaml'));
    expect(files.some((file) => file.includes('bootstrap'))).toBe(false);
    expect(namespace).toBe('video-service');
    expect(workloads).toHaveLength(11);
    expect(secrets.map(({ name }) => name)).toContain('video-service-secrets');
  });

  it('is refused without a file, and with objects of two namespaces', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await expect(readDesiredState(empty)).rejects.toThrow('contains no .yaml file: run npm run synth first');
    const objects = ['a', 'b'].map((namespace) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'x', namespace } }),
    );
    writeFileSync(join(folder, 'x.yaml'), objects.join('\n---\n'));
    await expect(readDesiredState(folder)).rejects.toThrow('must be in exactly one');
  });
});
