/** Images built without a container engine: Debian's buildah with chroot isolation, from base images made on this machine. */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const LARGE_OUTPUT_BYTES = 64 * 1024 * 1024;
/** Certificates of this machine, which may reach the registry through a proxy of its own. */
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Why images cannot be built here; undefined when they can. */
export function buildahProblem(): string | undefined {
  const missing = ['buildah', 'debootstrap', 'unshare', 'chroot'].filter((name) => onPath(name) === undefined);
  if (missing.length > 0)
    return `${missing.join(' and ')} is not installed (Debian: apt-get install buildah debootstrap)`;
  return process.getuid?.() === 0 ? undefined : 'buildah with chroot isolation is used as root here';
}

/** Runs buildah and gives what it printed. */
export async function buildah(...args: string[]): Promise<string> {
  const { stdout } = await run('buildah', args, {
    maxBuffer: LARGE_OUTPUT_BYTES,
    env: { ...process.env, BUILDAH_ISOLATION: 'chroot' },
  });
  return stdout.trim();
}

/** Builds an image from one of our Dockerfiles and gives its name. */
export async function buildImage(
  image: string,
  folder: string,
  args: Readonly<Record<string, string>>,
): Promise<string> {
  const tag = `localhost/cdk8s-nats-test/${image}`;
  const buildArgs = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  await buildah('build', '--layers', '--tag', tag, '--file', `${folder}/Dockerfile`, ...buildArgs, '.');
  return tag;
}

/** A base with the Node that the Dockerfiles name, made once: Debian by debootstrap, Node and npm as npm has them. */
export async function nodeBase(): Promise<string> {
  const version = nodeVersion();
  const tag = `localhost/cdk8s-nats-test/node-base:${version}`;
  return await madeOnce(tag, async (folder) => {
    const debian = join(folder, 'debian');
    await run('debootstrap', ['--variant=minbase', 'bookworm', debian], { maxBuffer: LARGE_OUTPUT_BYTES });
    await run('npm', ['pack', `node-linux-${process.arch}@${version}`, '--pack-destination', folder]);
    await run('tar', ['-xzf', join(folder, `node-linux-${process.arch}-${version}.tgz`), '-C', folder]);
    copyFileSync(join(folder, 'package', 'bin', 'node'), join(debian, 'usr/local/bin/node'));
    const npm = dirname(dirname(realpathSync(onPath('npm') ?? 'npm')));
    await run('mkdir', ['-p', join(debian, 'usr/local/lib/node_modules')]);
    await run('cp', ['-a', npm, join(debian, 'usr/local/lib/node_modules/npm')]);
    await run('ln', ['-s', '../lib/node_modules/npm/bin/npm-cli.js', join(debian, 'usr/local/bin/npm')]);
    if (existsSync(CERTIFICATES)) {
      await run('install', ['-D', CERTIFICATES, join(debian, CERTIFICATES)]);
    }
    const container = await buildah('from', 'scratch');
    await buildah('add', container, debian, '/');
    await buildah('config', '--env', `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`, container);
    await buildah('commit', '--rm', container, tag);
  });
}

/** A base with Debian's nginx, made once from the other. */
export async function nginxBase(): Promise<string> {
  return await madeOnce('localhost/cdk8s-nats-test/nginx-base', async () => {
    const container = await buildah('from', await nodeBase());
    await buildah(
      'run',
      container,
      '--',
      'sh',
      '-c',
      'apt-get update && apt-get install -y --no-install-recommends nginx-light',
    );
    await buildah('commit', '--rm', container, 'localhost/cdk8s-nats-test/nginx-base');
  });
}

async function madeOnce(tag: string, make: (folder: string) => Promise<void>): Promise<string> {
  if ((await buildah('images', '--quiet', '--filter', `reference=${tag}`)) !== '') return tag;
  const folder = mkdtempSync(join(tmpdir(), 'base-image-'));
  try {
    await make(folder);
    return tag;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function nodeVersion(): string {
  const [, version] = /node:(\d+\.\d+\.\d+)/.exec(readFileSync('deploy/images/service/Dockerfile', 'utf8')) ?? [];
  if (version === undefined) throw new Error('deploy/images/service/Dockerfile names no exact version of Node');
  return version;
}

function onPath(program: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}
