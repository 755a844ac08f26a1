import { App, Chart } from 'cdk8s';
import { join } from 'node:path';
import { SECRET_ORIGINS, SERVICES } from '#catalog';
import { declareEdge, Edge, ManifestChecks, RequiredSecrets, synthOnce } from '#cdk8s-nats';
import type { PlatformSettings } from '../settings/platform-settings.ts';
import { admissionCharts, bootstrapCharts, k3sCharts } from './bootstrap.ts';
import { edgeCharts } from './edge.ts';
import { serviceCharts } from './services.ts';
import { storeCharts } from './stores.ts';

/** The apps of one place: an app is a folder, since cdk8s writes one folder an app. */
export interface PlatformApps {
  /** What the deployer applies. */
  readonly deployed: App;
  /** What an administrator applies once before. */
  readonly bootstrap: App;
  /** The rules that an administrator has the API server keep. */
  readonly admission: App;
  /** What an administrator of k3s applies once; undefined where the edge is no Traefik. */
  readonly k3s: App | undefined;
}

/** Makes the whole platform for one place, to be synthesized into `outdir`. */
export function platformApps(settings: PlatformSettings, outdir: string): PlatformApps {
  const deployed = folder(outdir);
  const bootstrap = folder(join(outdir, 'bootstrap'));
  const edge = settings.edge ?? Edge.ofClass(settings.ingressClass);
  declareEdge(deployed, edge);
  new ManifestChecks(deployed, 'checks', {
    of: [deployed, bootstrap],
    declarations: SERVICES,
    ...(settings.nodes === undefined ? {} : { nodes: settings.nodes }),
  });
  const secrets = new Chart(deployed, '00-required-secrets', { namespace: settings.namespace });
  new RequiredSecrets(secrets, 'required-secrets', { origins: SECRET_ORIGINS });
  storeCharts(deployed, settings);
  serviceCharts(deployed, settings);
  const web = edgeCharts(deployed, settings);

  bootstrapCharts(bootstrap, settings, deployed);
  const admission = folder(join(outdir, 'bootstrap', 'admission'));
  admissionCharts(admission, settings, web);
  const k3s = edge.className === 'traefik' ? folder(join(outdir, 'bootstrap', 'k3s')) : undefined;
  if (k3s !== undefined) k3sCharts(k3s);
  return { deployed, bootstrap, admission, k3s };
}

/** The apps of a place, those that lie within another's folder behind it. */
export function appsOf({ deployed, bootstrap, admission, k3s }: PlatformApps): readonly App[] {
  return [deployed, bootstrap, admission, ...(k3s === undefined ? [] : [k3s])];
}

/** Writes all folders of a place. */
export function synthesize(apps: PlatformApps): void {
  synthOnce(...appsOf(apps));
}

function folder(outdir: string): App {
  return new App({ outdir, outputFileExtension: '.yaml' });
}
