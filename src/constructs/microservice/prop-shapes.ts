/** The props of a microservice as they must be before anything is read from them. */
import { DeclarationError } from '#env';
import type { EnvEntry, EnvVariable, Fault } from '#env';
import { messageListFaults } from '#declaration-faults';
import { serviceShapes } from '#declaration-shapes';
import { envFromFaults, givenVariables } from '#given-variables';
import { type AnyShapes, isMap, propFaults, type PropShapes } from '#prop-shapes';
import { JETSTREAM, REDIS_KEYS } from '../store/declaration-shapes.ts';
import { EDGE_PEER, NETWORK_PEERS, SCRAPER } from '../store/peer-shapes.ts';
import { NAMED, PULL_SECRETS, SOME_RESOURCES } from '../object/object-shapes.ts';
import type { ExtraContainer } from './container.ts';
import {
  AUTOSCALING,
  CRON,
  DISRUPTION_BUDGET,
  EGRESS_TARGETS,
  ENV_SOURCES,
  EXTRA_CONTAINERS,
  EXTRA_PORTS,
  INGRESS_SOURCES,
  INIT_CONTAINERS,
  JOB,
  PATCHES,
  PROBE_CHOICE,
  PROBES,
  STORE_URL,
  VOLUMES,
} from './group-shapes.ts';
import { POD_OPTIONS } from './pod-shapes.ts';
import type { ProbeChoice } from './probes.ts';
import type { NatsMicroserviceProps, RunningPodProps, ServicePodProps } from './props.ts';
import type { PodShape } from './shape.ts';

const POD = {
  ...serviceShapes(),
  jetstream: JETSTREAM,
  redisKeys: REDIS_KEYS,
  name: 'text',
  env: 'list',
  image: 'text!',
  labels: 'textMap',
  annotations: 'textMap',
  given: 'textMap',
  envFrom: ENV_SOURCES,
  natsUrl: STORE_URL,
  redisUrl: STORE_URL,
  databaseUrl: STORE_URL,
  command: 'texts',
  args: 'texts',
  resources: SOME_RESOURCES,
  imagePullSecrets: PULL_SECRETS,
  ports: EXTRA_PORTS,
  existingServiceAccount: NAMED,
  serviceAccountAnnotations: 'textMap',
  pod: POD_OPTIONS,
  uid: 'number',
  tmpSize: 'text',
  volumes: VOLUMES,
  initContainers: INIT_CONTAINERS,
  ingress: INGRESS_SOURCES,
  egress: EGRESS_TARGETS,
  terminationGracePeriodSeconds: 'number',
  patch: PATCHES,
} as const satisfies PropShapes<ServicePodProps & { readonly route?: string }>;
const RUNNING = {
  ...POD,
  replicas: 'number',
  autoscaling: AUTOSCALING,
  disruptionBudget: DISRUPTION_BUDGET,
  extraContainers: EXTRA_CONTAINERS,
  scraper: SCRAPER,
  startSeconds: 'number',
  preStopSeconds: 'number',
  progressDeadlineSeconds: 'number',
  probes: PROBE_CHOICE,
} as const satisfies PropShapes<RunningPodProps & { readonly route?: string; readonly probes?: unknown }>;
const MICROSERVICE = {
  ...RUNNING,
  port: 'number',
  probes: PROBES,
  gateway: EDGE_PEER,
  callers: NETWORK_PEERS,
} as const satisfies PropShapes<NatsMicroserviceProps>;

function shapesOf(shape: PodShape): AnyShapes {
  if (shape.kind === 'Deployment') return shape.serves ? MICROSERVICE : RUNNING;
  return shape.kind === 'Job' ? { ...POD, ...JOB, ttlSecondsAfterFinished: 'finite' } : { ...POD, ...JOB, ...CRON };
}

/** Props whose variables are all declared. */
export type DeclaredProps = Omit<NatsMicroserviceProps, 'env' | 'probes'> & {
  readonly env: readonly EnvVariable[];
  readonly probes?: ProbeChoice;
};

/** Props as callers give them. */
export type GivenProps = Omit<NatsMicroserviceProps, 'probes'> & { readonly probes?: ProbeChoice };

/** Props that can be planned with, and what is wrong with those that cannot. */
export interface JudgedProps {
  /** Without those that are unsound; Kubernetes' own entries of `env` have become variables. */
  readonly props: DeclaredProps;
  readonly faults: readonly Fault[];
  /** Names of props of which a part or the whole has no form that could be rendered. */
  readonly unsound: ReadonlySet<string>;
}

/** Judges the form of all props. Throws a `DeclarationError` only if there are no props at all. */
export function judgedProps(given: GivenProps, shape: PodShape, place: string): JudgedProps {
  const shapes = shapesOf(shape);
  const owner = ownerOf(shape);
  const ofShape = propFaults(given, shapes, place, owner);
  if (!isMap(given)) throw new DeclarationError(ofShape);
  const unsound = new Set(ofShape.length === 0 ? [] : unsoundProps(given, shapes));
  const props: GivenProps = unsound.size === 0 ? given : soundProps(given, unsound);

  const own = givenVariables(props.env ?? [], place);
  const parts: readonly (readonly [name: string, faults: readonly Fault[]])[] = [
    ['env', own.faults],
    ['envFrom', envFromFaults(props.envFrom ?? [], place)],
    ['consumes', messageListFaults(props, place)],
    ['initContainers', listsOf(props.initContainers, place)],
    ['extraContainers', listsOf(props.extraContainers, place)],
  ];
  for (const [name, faults] of parts) if (faults.length > 0) unsound.add(name);
  const faults = [...ofShape, ...parts.flatMap(([, faults]) => faults)];
  const messages = { publishes: [], consumes: [], subscribes: [], responds: [], requests: [] };
  const declared = { ...props, ...(unsound.has('consumes') ? messages : {}), env: own.variables };
  return { props: declared, faults, unsound };
}

function unsoundProps(given: Readonly<Record<string, unknown>>, shapes: AnyShapes): readonly string[] {
  return Object.entries(shapes)
    .filter(([name, shape]) => propFaults({ [name]: given[name] }, { [name]: shape }, '', '').length > 0)
    .map(([name]) => name);
}

/** The image is the one prop that is required; its own fault is told already. */
function soundProps(given: GivenProps, unsound: ReadonlySet<string>): GivenProps {
  const sound = Object.fromEntries(Object.entries(given).filter(([name]) => !unsound.has(name)));
  return { image: '', ...sound };
}

function ownerOf(shape: PodShape): string {
  if (shape.kind === 'Deployment') return shape.serves ? 'NatsMicroservice' : 'NatsWorker';
  return shape.kind === 'Job' ? 'NatsJob' : 'NatsCronJob';
}

function listsOf(containers: readonly ExtraContainer[] = [], path: string): readonly Fault[] {
  return containers.flatMap(({ name, env = [], envFrom = [] }) => {
    const place = `${path} ${name}`;
    return [...givenVariables(env, place).faults, ...envFromFaults(envFrom, place)];
  });
}

/** Variables of a further container, which may be Kubernetes' own entries. */
export function containerVariables(env: readonly (EnvVariable | EnvEntry)[] = []): readonly EnvVariable[] {
  return givenVariables(env, '').variables;
}
