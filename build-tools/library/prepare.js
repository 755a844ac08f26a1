/**
 * `prepare` of package.json, the one script that npm runs for what it packs from a folder and from git (`npm pack`, pre-commit):
 * builds the package. In a checkout `npm ci` runs it too, and nothing is to be built then.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (process.env.npm_package_resolved !== undefined) {
  // `npm install -g` of a git repository hands its -g down, and what the build needs is installed nowhere
  if (!existsSync('node_modules/esbuild')) npm('ci', '--ignore-scripts');
  npm('run', 'build');
}

function npm(...args) {
  const { status } = spawnSync('npm', [...args, '--global=false'], { stdio: ['ignore', 2, 2], shell: true });
  if (status !== 0) process.exit(status ?? 1);
}
