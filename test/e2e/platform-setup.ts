/**
 * The platform of all browser tests: built web, services from dist, started once. Tests reach its edge by HTTP, and what
 * is done to it (a store that is stopped, a service that ends) through a small server of its own.
 */
import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import type { LocalPlatform } from '#local';
import { deadlyFfmpeg, type DeadlyFfmpeg } from '#test-support/deadly-ffmpeg';
import { startBuiltPlatform } from './built-platform.ts';

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
  const ffmpeg = deadlyFfmpeg();
  const platform = await startBuiltPlatform({
    onEvent: (event) => void (log && appendFileSync(log, `${JSON.stringify(event)}\n`)),
    env: {
      auth: { SIGNUP_LIMIT: '1000', LOGIN_LIMIT: '1000', ARGON2_MEMORY_KIB: '8192' },
      media: { FFMPEG_PATH: ffmpeg.path, DISK_FLOOR_BYTES: '0', PROGRESS_INTERVAL_MS: '50', JOB_WORKING_S: '1' },
      queue: { JOB_ACK_WAIT_S: '8', JOB_MAX_DELIVER: '2', SWEEP_S: '2' },
      stats: { FLUSH_S: '1' },
      '*': { RATE_LIMIT: '100000' },
    },
  });
  const deeds = await takeDeeds(platform, ffmpeg);
  project.provide('origin', platform.url);
  project.provide('deeds', deeds.url);
  project.provide('firstAdminPath', await firstAdminPath(platform));
  return async () => {
    deeds.close();
    await platform.stop();
    ffmpeg.remove();
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

async function takeDeeds(platform: LocalPlatform, ffmpeg: DeadlyFfmpeg): Promise<{ url: string; close(): void }> {
  const deeds: Readonly<Record<string, (name: string) => unknown>> = {
    'halt-nats': async () => await platform.servers.nats?.halt(),
    'start-nats': async () => await platform.servers.nats?.start(),
    stop: async (name) => await platform.instance(`${name}-0`).stop(2_000),
    start: async (name) => {
      platform.instance(`${name}-0`).start();
      await platform.instance(`${name}-0`).untilReady();
    },
    'poison-ffmpeg': ffmpeg.poison,
    'cure-ffmpeg': ffmpeg.cure,
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
