/** The deployer with the rights that Helm needs, in the place of the one of dist/bootstrap, which is for kubectl. */
import { App, Chart } from 'cdk8s';
import { Deployer, renderApps } from '#cdk8s-nats';
import { platformApps, type PlatformSettings } from '#video-platform';
import { REPLICA_CHOICES } from './platform-chart.ts';

/** Its objects as YAML: named as those of dist/bootstrap are, for every number of replicas that the chart allows. */
export function helmDeployer(settings: PlatformSettings): string {
  const app = new App({ outputFileExtension: '.yaml' });
  new Deployer(new Chart(app, 'deployer', { namespace: settings.namespace }), 'deployer', {
    tool: 'helm',
    deploys: REPLICA_CHOICES.map((replicas) => platformApps({ ...settings, replicas }, 'build/helm').deployed),
  });
  return renderApps(app)
    .flatMap(({ files }) => [...files.values()])
    .join('');
}
