/**
 * What cdk8s.yaml runs: the platform in the folder that the command line names. Its own option is `--settings`, the name
 * of a set of settings: `npm run synth -- --output build/ha -- --settings ha`.
 */
import { parseArgs } from 'node:util';
import { namedSettings, platformApps, synthesize } from '#video-platform';

const { settings } = parseArgs({ options: { settings: { type: 'string', default: 'k3s' } } }).values;

synthesize(platformApps(namedSettings(settings), process.env['CDK8S_OUTDIR'] ?? 'dist'));
