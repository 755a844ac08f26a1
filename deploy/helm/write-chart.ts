/** The format `helm` of `npm run synth`. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PlatformSettings } from '#video-platform';
import { helmDeployer } from './helm-deployer.ts';
import { platformChart } from './platform-chart.ts';

const FOLDER = 'build/helm';
/** Beside the chart, as an administrator applies it. */
const DEPLOYER_FILE = 'build/helm-deployer.yaml';

/** Writes the platform as a Helm chart, with these settings as its default values, and the deployer who may install it. */
export function writeChart({ settings }: { readonly settings: PlatformSettings }): void {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  const chart = Object.entries(platformChart(settings, version));
  rmSync(FOLDER, { recursive: true, force: true });
  for (const [file, text] of chart) {
    mkdirSync(dirname(join(FOLDER, file)), { recursive: true });
    writeFileSync(join(FOLDER, file), text);
  }
  writeFileSync(DEPLOYER_FILE, helmDeployer(settings));
  process.stdout.write(`${FOLDER}: ${chart.length} files written, ${DEPLOYER_FILE} beside it\n`);
}
