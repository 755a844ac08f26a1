/** What is wrong with the props of a microservice, apart from its variables. */
import type { Fault } from '#env';
import { imageReferenceProblem } from '../object/image-reference.ts';
import { SERVICE_PORT } from './container.ts';
import type { ExtraContainer } from './container.ts';
import type { MicroservicePlan } from './plan.ts';
import { egressFaults } from './policy.ts';
import { replicaFaults } from './replicas.ts';
import { resourceFaults, resourcesOf } from './resources.ts';
import { volumeFaults } from './volumes.ts';
import { shutdownFaults } from './shutdown-grace.ts';

/** A label of DNS that starts with a letter, as names of Services must. */
const SERVICE_NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Every fault of the props; `path` is the construct's. */
export function microserviceFaults(plan: MicroservicePlan, path: string): readonly Fault[] {
  const { name, props } = plan;
  return [
    ...nameFaults(name, path),
    ...portFaults(props.port, path),
    ...imageFaults(props.image, path),
    ...resourceFaults(resourcesOf(props.resources), path),
    ...uidFaults(props.uid, path),
    ...routeFaults(props.route, path),
    ...replicaFaults(plan.replicas, path),
    ...volumeFaults(props.volumes, props.tmpSize, path),
    ...containerFaults(plan, path),
    ...shutdownFaults(plan.shutdown, path),
    ...startFaults(plan, path),
    ...egressFaults(plan.policy, path),
  ];
}

function nameFaults(name: string, place: string): Fault[] {
  if (SERVICE_NAME.test(name)) return [];
  const message = `name is ${JSON.stringify(name)}, must be a DNS label (a lower-case letter, then letters, digits and dashes, at most 63): use another name`;
  return [{ rule: 'name', place, message }];
}

function portFaults(port: number, place: string): Fault[] {
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

function extraFaults(container: ExtraContainer, volumes: ReadonlySet<string>, place: string): Fault[] {
  const unknown = (container.mounts ?? []).filter(({ volume }) => !volumes.has(volume));
  const taken = (container.ports ?? []).filter(({ port }) => port === SERVICE_PORT);
  return [
    ...imageFaults(container.image, place),
    ...resourceFaults(resourcesOf(container.resources), place),
    ...unknown.map(({ volume }) => ({
      rule: 'volume',
      place,
      message: `mounts volume ${volume}, which is not in volumes (${[...volumes].join(', ') || 'empty'}): add it`,
    })),
    ...taken.map(() => ({
      rule: 'port',
      place,
      message: `listens on ${SERVICE_PORT}, the port of the main container: use another port`,
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
