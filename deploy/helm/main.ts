/** Writes the platform as a Helm chart, and beside it the deployer who may install it: `npm run synth -- deploy/helm/main.ts -o build/helm`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { namedSettings } from '#video-platform';
import { helmDeployer } from './helm-deployer.ts';
import { platformChart } from './platform-chart.ts';

const FOLDER = process.env['CDK8S_OUTDIR'] ?? 'build/helm';
/** Outside the chart: an administrator applies it. */
const DEPLOYER_FILE = 'build/helm-deployer.yaml';

const { values } = parseArgs({ options: { settings: { type: 'string', default: 'k3s' } } });
const settings = namedSettings(values.settings);
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
for (const [file, text] of Object.entries(platformChart(settings, version))) {
  mkdirSync(dirname(join(FOLDER, file)), { recursive: true });
  writeFileSync(join(FOLDER, file), text);
}
mkdirSync(dirname(DEPLOYER_FILE), { recursive: true });
writeFileSync(DEPLOYER_FILE, helmDeployer(settings));
