import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helmProgram } from '#test-support/helm-program';
import { renderedTemplate, type ChartValues } from '#test-support/rendered-chart';
import { k3s, platformApps, type PlatformSettings } from '#video-platform';
import { platformChart, REPLICA_CHOICES } from '../../../deploy/helm/platform-chart.ts';

const run = promisify(execFile);
const IN_PLACE = ['--namespace', k3s.namespace];
const chart = platformChart();
const templates = Object.entries(chart).filter(
  ([file]) => /^templates\/.*\.yaml$/.test(file) && file !== 'templates/namespace.yaml',
);
/** Another place: every value is another. */
const ELSEWHERE: PlatformSettings = {
  ...k3s,
  host: 'tv.example.net',
  replicas: 2,
  storageClass: 'fast',
  images: {
    ...k3s.images,
    auth: `registry.example/auth@sha256:${'ab'.repeat(32)}`,
    web: 'registry.example:5000/web:9',
  },
};

const defaults = parse(chart['values.yaml'] ?? '') as ChartValues;
const valuesOf = ({ host, replicas, storageClass = '', images }: PlatformSettings): ChartValues => ({
  host,
  replicas,
  storageClass,
  images,
});

type Objects = Readonly<Record<string, unknown>>;

function byName(texts: readonly string[]): Objects {
  const objects = texts.flatMap((text) => parseAllDocuments(text).map((one) => one.toJS() as Named | null));
  return Object.fromEntries(objects.flatMap((one) => (one === null ? [] : [[nameOf(one), one]])));
}

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

/** The objects without what only Helm reads in them. */
function withoutHelm(objects: Objects): Objects {
  return Object.fromEntries(
    Object.entries(objects).map(([name, object]) => {
      const { metadata, ...rest } = object as Named;
      const { annotations = {}, ...others } = metadata;
      const kept = Object.entries(annotations).filter(([key]) => !key.startsWith('helm.sh/'));
      const own = kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) };
      return [name, { ...rest, metadata: { ...others, ...own } }];
    }),
  );
}

function nameOf({ kind, metadata }: Named): string {
  return `${kind}/${metadata.name}`;
}

function dist(): Objects {
  const files = readdirSync('dist').filter((file) => file.endsWith('.yaml'));
  return byName(files.map((file) => readFileSync(join('dist', file), 'utf8')));
}

function synthesized(settings: PlatformSettings): Objects {
  const objects = platformApps(settings, 'build/helm-test').deployed.charts.flatMap((one) => one.toJson() as Named[]);
  return JSON.parse(JSON.stringify(Object.fromEntries(objects.map((one) => [nameOf(one), one])))) as Objects;
}

const renderedAll = (values: ChartValues): Objects =>
  byName(templates.map(([, text]) => renderedTemplate(text, values)));

describe('the chart', () => {
  it('has as values what differs between places, each with the setting of dist as its default', () => {
    expect(defaults).toEqual(valuesOf(k3s));
    const schema = parse(chart['values.schema.json'] ?? '') as { readonly required: readonly string[] };
    expect(schema.required).toEqual(Object.keys(defaults));
  });

  it('renders by default the objects of dist', () => {
    expect(withoutHelm(renderedAll(defaults))).toEqual(dist());
  });

  it.each(REPLICA_CHOICES)('renders for %i replicas what synthesis gives for as many', (replicas) => {
    expect(withoutHelm(renderedAll({ ...defaults, replicas }))).toEqual(synthesized({ ...k3s, replicas }));
  });

  it('renders for another place what synthesis gives there', () => {
    expect(withoutHelm(renderedAll(valuesOf(ELSEWHERE)))).toEqual(synthesized(ELSEWHERE));
  });

  it('has no claim in its release that waits for a CronJob: it is a hook, created once and never deleted', () => {
    const hooks = Object.entries(renderedAll(defaults)).flatMap(([name, object]) => {
      const { annotations = {} } = (object as Named).metadata;
      return annotations['helm.sh/hook'] === undefined ? [] : [{ name, annotations }];
    });
    expect(hooks).toEqual([
      {
        name: 'PersistentVolumeClaim/postgres-backup',
        annotations: {
          'helm.sh/hook': 'pre-install,pre-upgrade',
          'helm.sh/hook-delete-policy': 'hook-failed',
          'helm.sh/resource-policy': 'keep',
        },
      },
    ]);
    expect(chart['templates/11-postgres.yaml']).toContain(
      '{{- if not (lookup "v1" "PersistentVolumeClaim" .Release.Namespace "postgres-backup") }}',
    );
  });

  it('uses every image once for the image and once for the version, and holds no mark', () => {
    const text = templates.map(([, one]) => renderedTemplate(one, defaults)).join('\n');
    expect(text).not.toMatch(/mark|\{\{/);
    for (const reference of Object.values(defaults.images)) expect(text.split(reference)).toHaveLength(2);
  });
});

const helm = helmProgram();
if (helm === undefined) {
  process.stderr.write(
    'NOT RUN: helm is not on the PATH, and HELM names none: the chart is not rendered by Helm itself\n',
  );
}

describe.skipIf(helm === undefined)('under Helm itself the chart', () => {
  const program = helm ?? '';
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'chart-'));
    for (const [file, text] of Object.entries(chart)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is without fault', async () => {
    const { stdout } = await run(program, ['lint', '--strict', folder]);
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  it('renders by default the objects of dist, and elsewhere what synthesis gives there', () => {
    const template = (values: ChartValues): Objects => {
      const input = JSON.stringify(values);
      const args = ['template', 'platform', folder, ...IN_PLACE, '--values', '-'];
      return withoutHelm(byName([execFileSync(program, args, { input, encoding: 'utf8' })]));
    };
    expect(template(defaults)).toEqual(dist());
    expect(template(valuesOf(ELSEWHERE))).toEqual(synthesized(ELSEWHERE));
  });

  it('refuses another namespace than its own', async () => {
    const message = 'this chart installs into the namespace video-service';
    await expect(run(program, ['template', 'platform', folder, '--namespace', 'other'])).rejects.toThrow(message);
  });

  it.each([
    ['replicas=4', 'must be one of 1, 2, 3'],
    ['images.auth=registry.example/auth:latest', '/images/auth'],
    ['host=UPPER.example.org', '/host'],
    ['hosts=video.example.org', 'hosts'],
  ])('refuses %s', async (setting, message) => {
    await expect(run(program, ['template', 'platform', folder, ...IN_PLACE, '--set', setting])).rejects.toThrow(
      message,
    );
  });
});
