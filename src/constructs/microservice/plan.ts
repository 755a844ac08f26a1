/**
 * What a microservice will be, worked out from its props before any object is made: defaults filled in, variables
 * rendered, connections read, times computed. faults.ts judges it.
 */
import { expandContainerEnv, tryRenderEnv } from '#env';
import type { EnvEntry, EnvFrom, EnvVariable, Fault } from '#env';
import { declareService } from '#messaging';
import type { ServiceDeclaration } from '#messaging';
import { connectionsOf } from '#manifests';
import type { Connection } from '#manifests';
import { K3S_TRAEFIK } from '../edge/edge-peer.ts';
import { SERVICE_PORT } from './container.ts';
import type { ExtraContainer } from './container.ts';
import { withStoreUrls, withVersion } from './env.ts';
import type { MicroservicePolicy } from './policy.ts';
import type { NatsMicroserviceProps } from './props.ts';
import type { ReplicaProps } from './replicas.ts';
import { withDefaults } from '../object/prop-defaults.ts';
import { neededGraceSeconds, SHUTDOWN_GRACE_VARIABLE } from './shutdown-grace.ts';
import type { ShutdownProps } from './shutdown-grace.ts';

/** Variable of a declaration by which the process knows how long it may try to start, in seconds. */
const START_DEADLINE_VARIABLE = 'START_DEADLINE_S';
const TIMES: ReadonlySet<string> = new Set([START_DEADLINE_VARIABLE, SHUTDOWN_GRACE_VARIABLE]);
const START_MARGIN_SECONDS = 30;
const DEFAULT_START_SECONDS = 90;

const DEFAULTS = {
  given: {},
  envFrom: [],
  port: SERVICE_PORT,
  uid: 65_532,
  tmpSize: '64Mi',
  volumes: [],
  imagePullSecrets: [],
  extraContainers: [],
  initContainers: [],
  podAnnotations: {},
  gateway: K3S_TRAEFIK,
  callers: [],
  egress: [],
  preStopSeconds: 5,
  progressDeadlineSeconds: 240,
  patch: [],
} as const satisfies Partial<NatsMicroserviceProps>;

/** Props with every default that is a plain value. */
export type SettledProps = Omit<NatsMicroserviceProps, keyof typeof DEFAULTS> &
  Required<Pick<NatsMicroserviceProps, keyof typeof DEFAULTS>>;

/** A microservice as it is going to be. */
export interface MicroservicePlan {
  readonly name: string;
  readonly props: SettledProps;
  readonly declaration: ServiceDeclaration;
  /** Entries of the service's own container. */
  readonly env: readonly EnvEntry[];
  /** What the env of all its containers names. */
  readonly connections: readonly Connection[];
  /** Entries of a further container. */
  readonly envOf: (container: ExtraContainer) => readonly EnvEntry[];
  /** Sources of `envFrom` of a container, by its name. */
  readonly envFromOf: (container: string) => readonly EnvFrom[];
  readonly policy: MicroservicePolicy;
  readonly replicas: ReplicaProps;
  readonly startSeconds: number;
  readonly shutdown: ShutdownProps;
  readonly terminationGracePeriodSeconds: number;
}

/** Where a microservice stands. */
export interface MicroservicePlace {
  /** Id of the construct. */
  readonly id: string;
  /** Its path. */
  readonly path: string;
  readonly namespace: string | undefined;
}

/** Plans a microservice. The faults are those of its variables; use the plan only if there are no faults at all. */
export function planMicroservice(
  given: NatsMicroserviceProps,
  { id, path, namespace }: MicroservicePlace,
): { readonly plan: MicroservicePlan; readonly faults: readonly Fault[] } {
  const props: SettledProps = withDefaults(given, DEFAULTS);
  const name = given.name ?? id;
  const variables = withStoreUrls({ ...props, env: props.env ?? [], namespace });
  const declaration = declareService({ ...props, name, env: variables });
  const { env, envOf, faults } = renderAll(props, variables, path);
  const values = env.some(({ name }) => TIMES.has(name)) ? expandContainerEnv({ env }).values : {};
  const others = [...props.initContainers, ...props.extraContainers].map(envOf);
  const connections = [env, ...others].flatMap((entries) => connectionsOf(entries, namespace ?? ''));
  const policy: MicroservicePolicy = {
    name,
    namespace: namespace ?? '',
    port: SERVICE_PORT,
    callers: callersOf(props),
    connections,
    egress: props.egress,
  };
  const replicas = { name, replicas: props.replicas, autoscaling: props.autoscaling, volumes: props.volumes };
  const shutdown: ShutdownProps = {
    preStopSeconds: props.preStopSeconds,
    shutdownGraceMs: values[SHUTDOWN_GRACE_VARIABLE],
    consumes: declaration.consumes,
    terminationGracePeriodSeconds: props.terminationGracePeriodSeconds,
  };
  const startSeconds = props.startSeconds ?? startSecondsOf(values[START_DEADLINE_VARIABLE]);
  const plan: MicroservicePlan = {
    name,
    props,
    declaration,
    env,
    connections,
    envOf,
    envFromOf: (container) => {
      const extra = [...props.initContainers, ...props.extraContainers].find((other) => other.name === container);
      return container === name ? props.envFrom : (extra?.envFrom ?? []);
    },
    policy,
    replicas,
    startSeconds,
    shutdown,
    terminationGracePeriodSeconds: props.terminationGracePeriodSeconds ?? neededGraceSeconds(shutdown),
  };
  return { plan, faults };
}

/** Renders the variables of all containers; the faults are of all. */
function renderAll(
  props: SettledProps,
  variables: readonly EnvVariable[],
  path: string,
): Pick<MicroservicePlan, 'env' | 'envOf'> & { readonly faults: readonly Fault[] } {
  const given = withVersion(props.given, variables, props.image);
  const own = tryRenderEnv(variables, given, { place: path, envFrom: props.envFrom });
  const others = new Map(
    [...props.initContainers, ...props.extraContainers].map((container) => {
      const context = { place: `${path} ${container.name}`, envFrom: container.envFrom };
      return [container, tryRenderEnv(container.env ?? [], {}, context)] as const;
    }),
  );
  return {
    env: own.entries,
    envOf: (container) => others.get(container)?.entries ?? [],
    faults: [...own.faults, ...[...others.values()].flatMap(({ faults }) => faults)],
  };
}

function callersOf({ route, gateway, scraper, callers }: SettledProps): MicroservicePolicy['callers'] {
  return [...(route === undefined ? [] : [gateway]), ...(scraper === undefined ? [] : [scraper]), ...callers];
}

function startSecondsOf(deadline: string | undefined): number {
  const seconds = Number(deadline);
  return deadline !== undefined && seconds > 0 ? Math.ceil(seconds) + START_MARGIN_SECONDS : DEFAULT_START_SECONDS;
}
