import { App, Chart } from 'cdk8s';
import { Testing } from 'cdk8s';
import { k3s, platformApps, type PlatformSettings } from '#video-platform';

/** An object as it stands in a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** All objects of the platform, as an App synthesizes them: first what the deployer applies, then what an administrator does. */
export function platformManifests(settings: PlatformSettings = k3s): {
  readonly deployed: readonly Manifest[];
  readonly bootstrap: readonly Manifest[];
} {
  const apps = platformApps(settings, 'unused');
  return { deployed: manifestsOf(apps.deployed), bootstrap: manifestsOf(apps.bootstrap) };
}

function manifestsOf(app: App): readonly Manifest[] {
  return app.node.children
    .filter((child) => Chart.isChart(child))
    .flatMap((chart) => Testing.synth(chart) as Manifest[]);
}
