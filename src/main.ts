/** What cdk8s.yaml runs: the platform for k3s into dist/ (or where the command line says), and the larger one into build/ha. */
import { ha, k3s, platformApps, synthesize } from '#video-platform';

synthesize(platformApps(k3s, process.env['CDK8S_OUTDIR'] ?? 'dist'));
synthesize(platformApps(ha, 'build/ha'));
