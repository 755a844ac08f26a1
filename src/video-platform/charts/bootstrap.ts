import { ApiObject, Chart, type App } from 'cdk8s';
import { AdmissionPolicy, Deployer, K3sTraefik, PlatformNamespace, type WebFrontend } from '#cdk8s-nats';
import type { PlatformSettings } from '../settings/platform-settings.ts';

/** What an administrator applies once before: the namespace, and the deployer with the rights that `deployed` asks for. */
export function bootstrapCharts(app: App, settings: PlatformSettings, deployed: App): void {
  const { namespace } = settings;
  new PlatformNamespace(new Chart(app, '00-namespace'), namespace);
  storePriority(new Chart(app, '05-priority'), namespace);
  new Deployer(new Chart(app, '10-deployer', { namespace }), 'deployer', {
    tool: 'kubectl-server-side',
    deploys: [deployed],
    deletes: true,
  });
}

/** Name of the PriorityClass of the stores: it is cluster-scoped, so it carries the namespace. */
export function storePriorityName(namespace: string): string {
  return `${namespace}-stores`;
}

/** Above the default of 0 and far below the system's classes. */
const STORE_PRIORITY = 1_000_000;

/** Without it, the pods that an update of the services adds can take the last CPU from a store that starts. */
function storePriority(chart: Chart, namespace: string): void {
  new ApiObject(chart, 'stores', {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: storePriorityName(namespace) },
    value: STORE_PRIORITY,
    description: 'NATS, PostgreSQL and Redis: no service works without them, so on a full node services make room',
  });
}

/** The rules that the API server enforces on every workload of the namespace, no matter who applies it. */
export function admissionCharts(app: App, settings: PlatformSettings, web: WebFrontend): void {
  const { namespace, admission } = settings;
  new AdmissionPolicy(new Chart(app, '00-workloads', { namespace }), 'workloads', {
    action: admission,
    otherPorts: { [web.name]: web.port },
  });
}

/** Settings of the Traefik that k3s brings; they live in kube-system. */
export function k3sCharts(app: App): void {
  new K3sTraefik(new Chart(app, '00-traefik'), 'traefik');
}
