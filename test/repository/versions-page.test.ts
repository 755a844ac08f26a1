/** docs/versions.md against what the package asks for and what the tests run with. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NATS_IMAGE, POSTGRES_IMAGE, REDIS_IMAGE } from '#constructs';

interface PackageJson {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as PackageJson;
const rows = new Map(
  readFileSync('docs/versions.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('`', '').replaceAll('\\|', '|')))
    .map(([, name = '', ...cells]) => [name, cells] as const),
);

/** A cell of the row of a program or package: 0 what is supported, 1 the tests, 2 the default image. */
function cell(name: string, index: number): string {
  const cells = rows.get(name);
  if (cells === undefined) throw new Error(`docs/versions.md has no row ${name}`);
  return cells[index] ?? '';
}

/** `2.70` of the installed `2.70.106`. */
function installed(name: string): string {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as PackageJson;
  return version.split('.').slice(0, 2).join('.');
}

describe('docs/versions.md', () => {
  it('has the range of Node, and the versions of CI', () => {
    expect(cell('Node', 0)).toBe(manifest.engines.node);
    const [, matrix = ''] = /node: \[(.*)\]/.exec(readFileSync('.github/workflows/ci.yml', 'utf8')) ?? [];
    expect(cell('Node', 1)).toBe(matrix.replaceAll("'", '').replace(', ', ' and '));
  });

  it.each(Object.entries(manifest.peerDependencies))(
    'has the range of %s, and the version of the tests',
    (name, range) => {
      expect(cell(name, 0)).toBe(range);
      expect(cell(name, 1).split(' and ')).toContain(installed(name));
    },
  );

  it('has the version of TypeScript that this repository is checked with', () => {
    expect(cell('TypeScript', 1)).toContain(installed('typescript'));
  });

  it('has the default images', () => {
    const images = ['NATS', 'PostgreSQL', 'Redis'].map((name) => cell(name, 2));
    expect(images).toEqual([NATS_IMAGE, POSTGRES_IMAGE, REDIS_IMAGE]);
  });

  it('has the version of Kubernetes that the API server tests run', () => {
    const modules = readFileSync('test/cluster/control-plane/go.mod', 'utf8');
    const [, version = ''] = /k8s\.io\/kubernetes v(\d+\.\d+)/.exec(modules) ?? [];
    expect(cell('Kubernetes', 1).split(':')[0]).toBe(version);
  });
});
