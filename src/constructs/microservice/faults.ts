/** What is wrong with the props of a microservice, apart from its variables. */
import type { Fault } from '#env';
import { imageReferenceProblem } from '../object/image-reference.ts';
import { nameOf } from '../object/named-object.ts';
import { SERVICE_PORT } from './container.ts';
import type { ExtraContainer } from './container.ts';
import { CRON, JOB } from './group-shapes.ts';
import { podPorts } from './plan.ts';
import type { MicroservicePlan } from './plan.ts';
import { podFaults } from './pod-options.ts';
import { egressFaults, peerFaults } from './policy.ts';
import { portFaults } from './ports.ts';
import { PORT_NAME, probeFaults } from './probes.ts';
import { replicaFaults } from './replicas.ts';
import { resourceFaults, resourcesOf } from './resources.ts';
import { keepsRunning, longestName, shapeFaults } from './shape.ts';
import { volumeFaults } from './volumes.ts';
import { shutdownFaults } from './shutdown-grace.ts';

/** A label of DNS that starts with a letter, as names of Services must. */
const SERVICE_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** Judges of props, each with the names of those that it reads. */
const JUDGES: readonly {
  readonly of: readonly string[];
  readonly faults: (plan: MicroservicePlan, path: string) => readonly Fault[];
}[] = [
  { of: ['name'], faults: nameFaults },
  { of: [...Object.keys(JOB), ...Object.keys(CRON)], faults: ({ shape }, path) => shapeFaults(shape, path) },
  { of: ['port'], faults: ({ props }, path) => servicePortFaults(props.port, path) },
  { of: ['image'], faults: ({ props }, path) => imageFaults(props.image, path) },
  { of: ['resources'], faults: ({ props }, path) => resourceFaults(resourcesOf(props.resources), path) },
  { of: ['uid'], faults: ({ props }, path) => uidFaults(props.uid, path) },
  { of: ['route'], faults: ({ props }, path) => routeFaults(props.route, path) },
  {
    of: ['replicas', 'autoscaling', 'disruptionBudget', 'volumes'],
    faults: ({ replicas }, path) => replicaFaults(replicas, path),
  },
  { of: ['volumes', 'tmpSize'], faults: ({ props }, path) => volumeFaults(props.volumes, props.tmpSize, path) },
  { of: ['volumes', 'initContainers', 'extraContainers'], faults: containerFaults },
  { of: ['ports', 'initContainers', 'extraContainers', 'probes', 'pod'], faults: templateFaults },
  { of: ['labels'], faults: labelFaults },
  { of: ['existingServiceAccount', 'serviceAccountAnnotations'], faults: accountFaults },
  {
    of: ['env', 'envFrom', 'given', 'consumes', 'preStopSeconds', 'terminationGracePeriodSeconds'],
    faults: ({ shutdown }, path) => shutdownFaults(shutdown, path),
  },
  {
    of: ['env', 'envFrom', 'given', 'startSeconds', 'progressDeadlineSeconds'],
    faults: (plan, path) => (keepsRunning(plan.shape) ? startFaults(plan, path) : []),
  },
  {
    of: ['egress', 'env', 'envFrom', 'given', 'initContainers', 'extraContainers'],
    faults: ({ policy }, path) => egressFaults(policy, path),
  },
  {
    of: ['egress', 'ingress', 'callers', 'gateway', 'scraper', 'ports', 'initContainers', 'extraContainers'],
    faults: ({ policy }, path) => peerFaults(policy, path),
  },
];

/**
 * Every fault of the props; `path` is the construct's. What reads a prop that is unsound is not judged, since the plan was
 * made without it.
 */
export function microserviceFaults(
  plan: MicroservicePlan,
  path: string,
  unsound: ReadonlySet<string> = new Set(),
): readonly Fault[] {
  return JUDGES.filter(({ of }) => !of.some((name) => unsound.has(name))).flatMap(({ faults }) => faults(plan, path));
}

function nameFaults({ name, shape }: MicroservicePlan, place: string): Fault[] {
  const most = longestName(shape);
  if (SERVICE_NAME.test(name) && name.length <= most) return [];
  const message = `name is ${JSON.stringify(name)}, must be a DNS label (a lower-case letter, then letters, digits and dashes, at most ${most}): use another name`;
  return [{ rule: 'name', place, message }];
}

function servicePortFaults(port: number, place: string): Fault[] {
  if (port === SERVICE_PORT) return [];
  const message = `port is ${port}, but services always listen on ${SERVICE_PORT}: omit port, and make the process listen on ${SERVICE_PORT}`;
  return [{ rule: 'port', place, message }];
}

function imageFaults(image: string, place: string): Fault[] {
  const message = imageReferenceProblem(image);
  return message === undefined ? [] : [{ rule: 'image', place, message }];
}

function uidFaults(uid: number, place: string): Fault[] {
  if (Number.isInteger(uid) && uid > 0) return [];
  const message = `uid is ${uid}, must be a positive integer, because containers must not run as root: use the numeric user of the image`;
  return [{ rule: 'uid', place, message }];
}

function routeFaults(route: string | undefined, place: string): Fault[] {
  if (route === undefined || /^(\/[^/\s]+)+$/.test(route)) return [];
  const message = `route is ${JSON.stringify(route)}, must be a path prefix without a trailing slash, such as /api/auth`;
  return [{ rule: 'route', place, message }];
}

function containerFaults({ name, props }: MicroservicePlan, path: string): Fault[] {
  const containers = [...props.initContainers, ...props.extraContainers];
  const names = [name, ...containers.map((container) => container.name)];
  const twice = new Set(names.filter((other, index) => names.indexOf(other) !== index));
  const volumes = new Set(props.volumes.map((volume) => volume.name));
  return [
    ...[...twice].map((other) => ({
      rule: 'container',
      place: path,
      message: `two containers are named ${other} (the main container is ${name}): rename one`,
    })),
    ...containers.flatMap((container) => extraFaults(container, volumes, `${path} ${container.name}`)),
  ];
}

/** Ports, probes and the pod template. */
function templateFaults({ props, listens }: MicroservicePlan, place: string): Fault[] {
  const taken = listens ? [{ name: PORT_NAME, port: SERVICE_PORT }] : [];
  const own = [...taken, ...props.ports].map(({ name }) => name);
  return [
    ...portFaults(podPorts(props), taken, place),
    ...probeFaults(props.probes, own, place),
    ...podFaults(props.pod, own, place),
  ];
}

function labelFaults({ props: { labels } }: MicroservicePlan, place: string): Fault[] {
  if (labels['app'] === undefined) return [];
  const message = `labels.app is ${labels['app']}, but it is the name of the service: remove it, or set name`;
  return [{ rule: 'labels', place, message }];
}

function accountFaults({ props }: MicroservicePlan, place: string): Fault[] {
  const { existingServiceAccount: existing, serviceAccountAnnotations } = props;
  if (existing === undefined || Object.keys(serviceAccountAnnotations).length === 0) return [];
  const message = `serviceAccountAnnotations are set, but the ServiceAccount ${nameOf(existing)} is made elsewhere: annotate it there`;
  return [{ rule: 'service-account', place, message }];
}

function extraFaults(container: ExtraContainer, volumes: ReadonlySet<string>, place: string): Fault[] {
  const unknown = (container.mounts ?? []).filter(({ volume }) => !volumes.has(volume));
  return [
    ...imageFaults(container.image, place),
    ...resourceFaults(resourcesOf(container.resources), place),
    ...unknown.map(({ volume }) => ({
      rule: 'volume',
      place,
      message: `mounts volume ${volume}, which is not in volumes (${[...volumes].join(', ') || 'empty'}): add it`,
    })),
  ];
}

function startFaults({ startSeconds, props }: MicroservicePlan, place: string): Fault[] {
  const { progressDeadlineSeconds } = props;
  if (!(startSeconds > 0)) {
    return [
      {
        rule: 'start',
        place,
        message: `startSeconds is ${startSeconds}, must be above 0: set the seconds that a start may take`,
      },
    ];
  }
  if (progressDeadlineSeconds > startSeconds) return [];
  const message = `progressDeadlineSeconds is ${progressDeadlineSeconds}, must exceed startSeconds (${startSeconds}), or a slow start counts as a failed rollout: raise it, or lower startSeconds`;
  return [{ rule: 'progress-deadline', place, message }];
}
