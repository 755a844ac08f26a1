/** The platform from dist with the web as it is built for its image, behind a server that reads the manifest of the web. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readSettings, startLocalPlatform, type LocalPlatform, type LocalPlatformOptions } from '#local';

const run = promisify(execFile);
const BUILD = ['node_modules/vite/bin/vite.js', 'build', '--config', 'web/vite.config.ts', '--logLevel', 'error'];
const WEB = { command: ['node', '--import', 'tsx', 'deploy/local-web/web-server.ts', '{port}'], single: true } as const;

/** Builds the web and starts all of it. */
export async function startBuiltPlatform(
  options: Pick<LocalPlatformOptions, 'env' | 'onEvent'>,
): Promise<LocalPlatform> {
  // vitest's own NODE_ENV would put the development build of Vue in
  await run('node', BUILD, { env: { ...process.env, NODE_ENV: 'production' } });
  const { images, ...settings } = readSettings('deploy/local.json');
  return await startLocalPlatform({
    ...options,
    dist: 'dist',
    settings: { ...settings, images: { ...images, web: WEB } },
    replicas: 1,
    backoffMs: 100,
  });
}
