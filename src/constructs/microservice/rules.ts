/** Rules that hold for a microservice whatever its props and patches say; judged on the Deployment as it is emitted. */
import { envFaults, orderFaults } from '#env';
import type { Fault, RawEnv } from '#env';
import { Cursor } from '#manifests';
import { SERVICE_PORT } from './container.ts';
import type { MicroservicePlan } from './plan.ts';

/** A finished Deployment and the plan that it was made by. */
export interface FinishedDeployment {
  readonly manifest: unknown;
  readonly plan: Pick<MicroservicePlan, 'name' | 'envFromOf' | 'props'>;
}

/** What the finished Deployment breaks: the one label, the port 8000, limits and a right `env` on every container. */
export function ruleFaults(finished: FinishedDeployment, place: string): readonly Fault[] {
  const { name, props } = finished.plan;
  const spec = new Cursor(finished.manifest).at('spec');
  const pod = spec.at('template', 'spec');
  const containers = [...pod.at('containers').items, ...pod.at('initContainers').items];
  const main = containers.find((container) => container.at('name').text === name);
  return [
    ...labelFaults(spec, name, place),
    ...portFaults(main, name, place),
    ...containers.flatMap((container) => limitFaults(container, place)),
    // without a patch, the lists are those that were judged when they were rendered
    ...(props.patch.length === 0 ? [] : containers.flatMap((container) => listFaults(container, finished, place))),
  ];
}

function labelFaults(spec: Cursor, name: string, place: string): Fault[] {
  const selector = spec.at('selector', 'matchLabels').strings;
  const label = spec.at('template', 'metadata', 'labels').strings['app'];
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

function listFaults(container: Cursor, { plan: { name, envFromOf } }: FinishedDeployment, path: string): Fault[] {
  const own = container.at('name').text ?? '';
  const entries = (container.at('env').value ?? []) as readonly RawEnv[];
  const context = { place: own === name ? path : `${path} ${own}`, envFrom: envFromOf(own) };
  return [...envFaults(entries, context), ...orderFaults(entries, context)];
}
