/** What cdk8s.yaml runs: the platform for k3s into dist/, or where the command line of cdk8s says. `npm run synth` is its faster twin. */
import { k3s, platformApps, synthesize } from '#video-platform';

synthesize(platformApps(k3s, process.env['CDK8S_OUTDIR'] ?? 'dist'));
