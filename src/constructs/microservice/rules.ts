/** Rules that hold for a service whatever its props and patches say; judged on its workload as it is emitted. */
import { envFaults, orderFaults } from '#env';
import type { Fault, RawEnv } from '#env';
import { Cursor } from '#manifests';
import { SERVICE_PORT } from './container.ts';
import type { MicroservicePlan } from './plan.ts';
import { templatePath } from './workload-manifests.ts';

/** A finished Deployment, Job or CronJob and the plan that it was made by. */
export interface FinishedWorkload {
  readonly manifest: unknown;
  readonly plan: Pick<MicroservicePlan, 'name' | 'shape' | 'listens' | 'envFromOf' | 'props'>;
}

/** What the finished workload breaks: the one label, the port 8000, limits and a right `env` on every container. */
export function ruleFaults(finished: FinishedWorkload, place: string): readonly Fault[] {
  const { name, props, shape, listens } = finished.plan;
  const root = new Cursor(finished.manifest);
  const template = root.along(templatePath(shape));
  const pod = template.at('spec');
  const containers = [...pod.at('containers').items, ...pod.at('initContainers').items];
  const main = containers.find((container) => container.at('name').text === name);
  return [
    ...labelFaults({ root, template, shape }, name, place),
    ...(listens ? portFaults(main, name, place) : []),
    ...containers.flatMap((container) => limitFaults(container, place)),
    // without a patch, the lists are those that were judged when they were rendered
    ...(props.patch.length === 0 ? [] : containers.flatMap((container) => listFaults(container, finished, place))),
  ];
}

function labelFaults(
  { root, template, shape }: { root: Cursor; template: Cursor; shape: MicroservicePlan['shape'] },
  name: string,
  place: string,
): Fault[] {
  const label = template.at('metadata', 'labels').strings['app'];
  // the API server gives Jobs their selector
  const selector = shape.kind === 'Deployment' ? root.at('spec', 'selector', 'matchLabels').strings : { app: name };
  if (JSON.stringify(selector) === JSON.stringify({ app: name }) && label === name) return [];
  const message = `selector is ${JSON.stringify(selector)} and the pods' label app ${JSON.stringify(label)}, but both must stay app: ${name}, because a selector cannot be changed: remove the patch`;
  return [{ rule: 'frozen-selector', place, message }];
}

function portFaults(main: Cursor | undefined, name: string, place: string): Fault[] {
  const ports = main?.at('ports').items.map((port) => port.at('containerPort').number) ?? [];
  if (ports.includes(SERVICE_PORT)) return [];
  const message = `container ${name} has ${ports.length === 0 ? 'no port' : `port ${ports.join(', ')}`}, must have ${SERVICE_PORT}: remove the patch`;
  return [{ rule: 'port', place, message }];
}

function limitFaults(container: Cursor, place: string): Fault[] {
  return ['cpu', 'memory']
    .filter((figure) => !container.at('resources', 'limits', figure).exists)
    .map((figure) => ({
      rule: 'limit-missing',
      place,
      message: `container ${container.at('name').text ?? ''} has no ${figure} limit, but every container needs one: set resources.limits.${figure}`,
    }));
}

function listFaults(container: Cursor, { plan: { name, envFromOf } }: FinishedWorkload, path: string): Fault[] {
  const own = container.at('name').text ?? '';
  const entries = (container.at('env').value ?? []) as readonly RawEnv[];
  const context = { place: own === name ? path : `${path} ${own}`, envFrom: envFromOf(own) };
  return [...envFaults(entries, context), ...orderFaults(entries, context)];
}
