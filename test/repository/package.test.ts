/**
 * The packed library in fresh apps, as users have them: ESM under node16 and bundler, CommonJS under node16, and the app
 * that `cdk8s init typescript-app` makes (CommonJS, node10 resolution, lib es2016, no skipLibCheck, cdk8s-plus-33).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface PackedFile {
  readonly path: string;
}

const APP = `
import { App, Chart } from 'cdk8s';
import { Secret } from 'cdk8s-plus-33';
import { Env, NatsMicroservice, secretKeys } from 'cdk8s-nats';
import { defineMessage } from 'cdk8s-nats/declare';

const app = new App();
const chart = new Chart(app, 'orders', { namespace: 'shop' });
const credentials = Secret.fromSecretName(chart, 'credentials', 'shop-credentials');
const service = new NatsMicroservice(chart, 'orders', {
  image: 'registry.example/shop/orders:1.4.0',
  env: [
    Env.value('DATABASE_URL', 'postgresql://$(DB_USER):$(DB_PASS)@postgres:5432/shop'),
    Env.value('DB_USER', 'orders'),
    Env.secret('DB_PASS', secretKeys(credentials).key('orders-db-password')),
  ],
});
export const name: string = service.name;
export const version: number = defineMessage({ subject: 'orders.created', payload: { '~standard': { version: 1, vendor: 'none', validate: (value) => ({ value }) } } }).version;
app.synth();
`;

const CONSUMERS = [
  {
    name: 'esm-node16',
    type: 'module',
    compilerOptions: { module: 'node16', moduleResolution: 'node16', lib: ['es2022'], target: 'es2022' },
  },
  {
    name: 'esm-bundler',
    type: 'module',
    compilerOptions: { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022'], target: 'es2022' },
  },
  {
    name: 'cjs-node16',
    type: 'commonjs',
    compilerOptions: { module: 'node16', moduleResolution: 'node16', lib: ['es2022'], target: 'es2022' },
  },
  {
    name: 'cdk8s-init-node10',
    type: 'commonjs',
    compilerOptions: {
      module: 'CommonJS',
      lib: ['es2016'],
      target: 'ES2017',
      declaration: true,
      experimentalDecorators: true,
      noUnusedLocals: true,
      resolveJsonModule: true,
      stripInternal: true,
    },
  },
] as const;

/** What apps have beside cdk8s. An exact constructs is the oldest that a cdk8s app in the field still has. */
const PEER_SETS = [
  { name: 'constructs 10.4.2', peers: ['constructs@10.4.2'] },
  { name: 'cdk8s-plus-27', peers: ['constructs', 'cdk8s-plus-27'] },
  { name: 'cdk8s-plus-32', peers: ['constructs', 'cdk8s-plus-32'] },
  { name: 'no cdk8s-plus', peers: ['constructs'] },
];
const SYNTHESIS = `
  const { Testing } = require('cdk8s');
  const { Env, NatsMicroservice } = require('cdk8s-nats');
  const chart = Testing.chart();
  new NatsMicroservice(chart, 'orders', { image: 'registry.example/orders:1.4.0', env: [Env.value('A', 1)] });
  console.log(Testing.synth(chart).map(({ kind }) => kind).join());`;

describe('the packed library', () => {
  const root = mkdtempSync(join(tmpdir(), 'cdk8s-nats-package-'));
  let files: readonly PackedFile[] = [];
  let tarball = '';

  beforeAll(() => {
    npm(['run', 'build', '--', '--if-changed'], '.');
    const packed = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', root], '.')) as unknown;
    const report = (Array.isArray(packed) ? packed[0] : Object.values(packed as object)[0]) as {
      filename: string;
      files: PackedFile[];
    };
    files = report.files;
    tarball = join(root, report.filename);
    writeFileSync(join(root, 'package.json'), JSON.stringify({ private: true }));
    npm(
      [
        'install',
        '--prefer-offline',
        '--no-audit',
        '--ignore-scripts',
        tarball,
        'cdk8s',
        'cdk8s-plus-33',
        'constructs',
        'typescript@5.9',
        '@types/node@14',
      ],
      root,
    );
  }, 300_000);

  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('holds the library and its papers, nothing of services, web or the platform', () => {
    const strange = files
      .map((file) => file.path)
      .filter(
        (path) =>
          !/^(build\/(lib|cli)\/|examples\/(shop|minimal)\/|docs\/|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$)/.test(
            path,
          ),
      );
    expect(strange).toEqual([]);
    const code = files
      .filter((file) => file.path.startsWith('build/lib/'))
      .map((file) => readFileSync(file.path, 'utf8'))
      .join('\n');
    expect(code).not.toMatch(/video-service|from ["']#|require\(["']#/);
  });

  it('has a README whose links work in the package', () => {
    const folder = join(root, 'node_modules/cdk8s-nats');
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    const links = [...readme.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((link) => !leadsSomewhere(folder, readme, link))).toEqual([]);
  });

  it('is named in the README as npm pack names it', () => {
    const named = [...readFileSync('README.md', 'utf8').matchAll(/cdk8s-nats-\d\S*\.tgz/g)].map(([name]) => name);
    expect(new Set(named)).toEqual(new Set([basename(tarball)]));
  });

  it('goes with the licences of what is bundled into it', () => {
    const licenses = (folder: string): string =>
      readFileSync(join(root, 'node_modules/cdk8s-nats/build', folder, 'BUNDLED-LICENSES.txt'), 'utf8');
    expect(licenses('lib')).toMatch(/^fastest-levenshtein\n-+\n[^]*MIT License/m);
    expect(licenses('cli')).toMatch(/^@dagrejs\/dagre\n-+\n[^]*Copyright/m);
    expect(licenses('cli')).toMatch(/^yaml\n-+\n[^]*Copyright/m);
  });

  it('brings no runtime dependency: peers alone, each of them optional', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'node_modules/cdk8s-nats/package.json'), 'utf8')) as Record<
      string,
      object | undefined
    >;
    expect(manifest['dependencies'] ?? {}).toEqual({});
    const peers = Object.keys(manifest['peerDependencies'] ?? {});
    expect(peers).toEqual(expect.arrayContaining(['cdk8s', 'constructs', 'express', 'kysely', 'nats']));
    expect(Object.keys(manifest['peerDependenciesMeta'] ?? {})).toEqual(peers);
  });

  it.each(['index.d.cts', 'index.d.mts', 'declare.d.mts', 'runtime.d.mts', 'client.d.mts', 'testing.d.mts'])(
    'needs no cdk8s-plus for the types of %s',
    (file) => {
      const types = readFileSync(join(root, 'node_modules/cdk8s-nats/build/lib', file), 'utf8');
      expect(types).not.toMatch(/from ['"](cdk8s-plus-\d+|nats|zod)['"]/);
    },
  );

  it.each(PEER_SETS)('synthesizes beside $name', ({ name, peers }) => {
    const folder = join(root, '..', `${basename(root)}-${name.replaceAll(/[^\w]+/g, '-')}`);
    mkdirSync(folder);
    try {
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
      const install = ['install', '--prefer-offline', '--no-audit', '--ignore-scripts', tarball, 'cdk8s', ...peers];
      npm(install, folder);
      const kinds = execFileSync(process.execPath, ['-e', SYNTHESIS], { cwd: folder, encoding: 'utf8' });
      expect(kinds.trim().split(',')).toEqual(expect.arrayContaining(['Deployment', 'Service', 'NetworkPolicy']));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each(CONSUMERS)('type-checks and synthesizes in $name', ({ name, type, compilerOptions }) => {
    const folder = join(root, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type }));
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { strict: true, ...compilerOptions }, include: ['main.ts'] }),
    );
    writeFileSync(join(folder, 'main.ts'), APP);

    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    execFileSync(process.execPath, ['main.js'], { cwd: folder, env: { ...process.env, CDK8S_OUTDIR: 'dist' } });

    const output = readdirSync(join(folder, 'dist')).map((file) => readFileSync(join(folder, 'dist', file), 'utf8'));
    const kinds = output.flatMap((text) =>
      parseAllDocuments(text).map((document) => (document.toJS() as { kind: string }).kind),
    );
    expect(kinds).toEqual(expect.arrayContaining(['Deployment', 'Service', 'ServiceAccount', 'NetworkPolicy']));
  });
});

/** A file or folder of the package, or a heading of the README; what is on the web is not looked up. */
function leadsSomewhere(folder: string, readme: string, link: string): boolean {
  if (/^https?:/.test(link)) return true;
  const [path = '', heading] = link.split('#');
  if (path === '') return readme.toLowerCase().includes(`\n## ${heading ?? ''}\n`);
  return existsSync(join(folder, path));
}

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
