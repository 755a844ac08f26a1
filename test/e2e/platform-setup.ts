/**
 * The platform of all browser tests: built web, services from dist, started once. Tests reach its edge by HTTP, and what
 * is done to it (a store that is stopped, a service that ends) through a small server of its own.
 */
import { execFile } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { findProgram, readSettings, startLocalPlatform, type LocalPlatform } from '#local-runner';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the platform's edge. */
    origin: string;
    /** Address that takes what is to be done to the platform, as `POST /<deed>/<name>`. */
    deeds: string;
    /** Path of the page where the first administrator's account is made. */
    firstAdminPath: string;
  }
}

const run = promisify(execFile);
/** File that takes what the services log, for when a test fails. */
const log = process.env.E2E_LOG;

/** Starts all of it; gives what ends it. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-'));
  const ffmpeg = join(folder, 'ffmpeg');
  const deadly = join(folder, 'deadly');
  // takes the worker down with it for as long as the file beside it is there
  writeFileSync(
    ffmpeg,
    `#!/bin/sh\n[ -e '${deadly}' ] && kill -9 "$PPID"\nexec '${String(findProgram('ffmpeg'))}' "$@"\n`,
  );
  chmodSync(ffmpeg, 0o755);

  // vitest's own NODE_ENV would put the development build of Vue in
  const env = { ...process.env, NODE_ENV: 'production' };
  const build = ['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts', '--logLevel', 'error'];
  await run('node', build, { env });
  const { images, ...settings } = readSettings('deploy/local.json');
  const web = { command: ['node', '--import', 'tsx', 'test/e2e/web-server.ts', '{port}'] as const, single: true };
  const platform = await startLocalPlatform({
    dist: 'dist',
    settings: { ...settings, images: { ...images, web } },
    replicas: 1,
    backoffMs: 100,
    onEvent: (event) => void (log && appendFileSync(log, `${JSON.stringify(event)}\n`)),
    env: {
      auth: { SIGNUP_LIMIT: '1000', LOGIN_LIMIT: '1000', ARGON2_MEMORY_KIB: '8192' },
      media: { FFMPEG_PATH: ffmpeg, DISK_FLOOR_BYTES: '0', PROGRESS_INTERVAL_MS: '50', JOB_WORKING_S: '1' },
      queue: { JOB_ACK_WAIT_S: '8', JOB_MAX_DELIVER: '2', SWEEP_S: '2' },
      stats: { FLUSH_S: '1' },
      '*': { RATE_LIMIT: '100000' },
    },
  });
  const deeds = await takeDeeds(platform, deadly);
  project.provide('origin', platform.url);
  project.provide('deeds', deeds.url);
  project.provide('firstAdminPath', await firstAdminPath(platform));
  return async () => {
    deeds.close();
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function firstAdminPath(platform: LocalPlatform): Promise<string> {
  const { plan } = platform.instance('auth-0');
  const [program, ...args] = plan.command;
  const { stdout } = await run(program, [...args, 'first-admin'], { env: plan.env, cwd: plan.cwd });
  const link = /https?:\/\/\S+/.exec(stdout)?.[0];
  if (link === undefined) throw new Error(`the command first-admin gave no link: ${stdout}`);
  return link.replace(platform.url, '');
}

async function takeDeeds(platform: LocalPlatform, deadly: string): Promise<{ url: string; close(): void }> {
  const deeds: Readonly<Record<string, (name: string) => unknown>> = {
    'halt-nats': async () => await platform.servers.nats?.halt(),
    'start-nats': async () => await platform.servers.nats?.start(),
    stop: async (name) => await platform.instance(`${name}-0`).stop(2_000),
    start: async (name) => {
      platform.instance(`${name}-0`).start();
      await platform.instance(`${name}-0`).untilReady();
    },
    'ffmpeg-deadly': () => writeFileSync(deadly, ''),
    'ffmpeg-well': () => rmSync(deadly, { force: true }),
  };
  const server = createServer((request, response) => {
    const [, deed = '', name = ''] = (request.url ?? '').split('/');
    Promise.resolve(deeds[deed]?.(name)).then(
      () => response.writeHead(deeds[deed] === undefined ? 404 : 204).end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
