/** `npm run synth -- --format helm`: writes the platform as a Helm chart to build/helm. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { k3s } from '#video-platform';
import { platformChart } from './platform-chart.ts';

const FOLDER = 'build/helm';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
rmSync(FOLDER, { recursive: true, force: true });
for (const [file, text] of Object.entries(platformChart(k3s, version))) {
  mkdirSync(dirname(join(FOLDER, file)), { recursive: true });
  writeFileSync(join(FOLDER, file), text);
}
process.stderr.write(`chart written to ${FOLDER}\n`);
