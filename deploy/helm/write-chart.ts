/** The format `helm` of `npm run synth`. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PlatformSettings } from '#video-platform';
import { platformChart } from './platform-chart.ts';

const FOLDER = 'build/helm';

/** Writes the platform as a Helm chart to build/helm, with these settings as its default values. */
export function writeChart({ settings }: { readonly settings: PlatformSettings }): void {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  const chart = Object.entries(platformChart(settings, version));
  rmSync(FOLDER, { recursive: true, force: true });
  for (const [file, text] of chart) {
    mkdirSync(dirname(join(FOLDER, file)), { recursive: true });
    writeFileSync(join(FOLDER, file), text);
  }
  process.stdout.write(`${FOLDER}: ${chart.length} files written\n`);
}
