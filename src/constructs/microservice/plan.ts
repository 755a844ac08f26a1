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
import { isCilium, networkPeers } from '../edge/edge.ts';
import type { EdgePeer } from '../edge/edge.ts';
import { SERVICE_PORT } from './container.ts';
import type { ExtraContainer } from './container.ts';
import { withStoreUrls, withVersion } from './env.ts';
import type { MicroservicePolicy } from './policy.ts';
import type { ExtraPort } from './ports.ts';
import { containerVariables, type DeclaredProps } from './prop-shapes.ts';
import type { NatsMicroserviceProps } from './props.ts';
import { asksPort } from './probes.ts';
import type { ReplicaProps } from './replicas.ts';
import { keepsRunning } from './shape.ts';
import type { PodShape } from './shape.ts';
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
  labels: {},
  annotations: {},
  ports: [],
  probes: {},
  serviceAccountAnnotations: {},
  pod: {},
  callers: [],
  ingress: [],
  egress: [],
  preStopSeconds: 5,
  progressDeadlineSeconds: 240,
  patch: [],
} as const satisfies Partial<NatsMicroserviceProps>;

/** Props with every default that is a plain value. */
export type SettledProps = Omit<DeclaredProps, keyof typeof DEFAULTS> &
  Required<Pick<DeclaredProps, keyof typeof DEFAULTS>>;

/** A microservice as it is going to be. */
export interface MicroservicePlan {
  /** Name of its objects. */
  readonly name: string;
  readonly shape: PodShape;
  /** Whether its own container has the port 8000. */
  readonly listens: boolean;
  /** Ports that Cilium's proxy routes to, which a NetworkPolicy cannot name. */
  readonly ciliumPorts: readonly number[];
  /** Annotations of its Service for the controller of the edge. */
  readonly edgeAnnotations: Readonly<Record<string, string>>;
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
  /** Who connects to it if it has a route. */
  readonly edge: EdgePeer;
  /** Controller of the declared edge; undefined for none. */
  readonly controller?: string | undefined;
  /** `host:port/database` of the app's PostgreSQL that has a service; undefined for none. */
  readonly database: (service: string) => string | undefined;
}

/** Plans a microservice. The faults are those of its variables; use the plan only if there are no faults at all. */
export function planMicroservice(
  given: DeclaredProps,
  shape: PodShape,
  { id, path, namespace, edge, controller, database }: MicroservicePlace,
): { readonly plan: MicroservicePlan; readonly faults: readonly Fault[] } {
  const props: SettledProps = withDefaults(given, DEFAULTS);
  const gateway = props.route === undefined ? undefined : (props.gateway ?? edge);
  const service = given.name ?? id;
  const name = objectName(service, id, shape);
  const listens = keepsRunning(shape) && asksPort(props.probes);
  const variables = withStoreUrls({ ...props, env: props.env, namespace, database: () => database(service) });
  const declaration = declareService({ ...declared(props), name: service, env: variables });
  const { env, envOf, faults } = renderAll(props, variables, path);
  const values = env.some(({ name }) => TIMES.has(name)) ? expandContainerEnv({ env }).values : {};
  const others = [...props.initContainers, ...props.extraContainers].map(envOf);
  const connections = [env, ...others].flatMap((entries) => connectionsOf(entries, namespace ?? ''));
  const policy: MicroservicePolicy = {
    name,
    namespace: namespace ?? '',
    entries: entriesOf(props, { listens, edge: gateway }),
    connections,
    egress: props.egress,
  };
  const { autoscaling, disruptionBudget, volumes } = props;
  const replicas = { name, replicas: props.replicas, autoscaling, disruptionBudget, volumes };
  const shutdown: ShutdownProps = {
    preStopSeconds: keepsRunning(shape) ? props.preStopSeconds : 0,
    shutdownGraceMs: values[SHUTDOWN_GRACE_VARIABLE],
    consumes: declaration.consumes,
    terminationGracePeriodSeconds: props.terminationGracePeriodSeconds,
  };
  const startSeconds = props.startSeconds ?? startSecondsOf(values[START_DEADLINE_VARIABLE]);
  const plan: MicroservicePlan = {
    name,
    shape,
    listens,
    ciliumPorts: ciliumPorts(props, gateway),
    edgeAnnotations: gateway === undefined ? {} : edgeAnnotations(controller, props),
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

/** The props that a declaration has too. */
function declared(props: SettledProps) {
  const { publishes = [], consumes = [], subscribes = [], responds = [], requests = [], jetstream = {} } = props;
  const { route, databaseSchema, redisKeys } = props;
  return {
    ...{ publishes, consumes, subscribes, responds, requests, jetstream },
    ...(route === undefined ? {} : { route }),
    ...(databaseSchema === undefined ? {} : { databaseSchema }),
    ...(redisKeys === undefined ? {} : { redisKeys }),
  };
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
      return [container, tryRenderEnv(containerVariables(container.env), {}, context)] as const;
    }),
  );
  return {
    env: own.entries,
    envOf: (container) => others.get(container)?.entries ?? [],
    faults: [...own.faults, ...[...others.values()].flatMap(({ faults }) => faults)],
  };
}

/**
 * A microservice is the service, so its objects have its name. Whatever else runs as the service is named after both, so
 * that it may stand beside the microservice.
 */
function objectName(service: string, id: string, shape: PodShape): string {
  const isService = shape.kind === 'Deployment' && shape.serves;
  return isService || id === service ? service : id.startsWith(`${service}-`) ? id : `${service}-${id}`;
}

function entriesOf(
  props: SettledProps,
  { listens, edge }: { readonly listens: boolean; readonly edge: EdgePeer | undefined },
): MicroservicePolicy['entries'] {
  const { scraper = [], callers, ingress } = props;
  const from = [...networkPeers(edge === undefined ? [] : [edge]), ...[scraper].flat(), ...callers];
  const ports = podPorts(props).map(({ port, callers: own = [] }) => ({
    port,
    from: networkPeers(own),
  }));
  return [...(listens ? [{ port: SERVICE_PORT, from }] : []), ...ports, ...ingress];
}

function ciliumPorts(props: SettledProps, gateway: EdgePeer | undefined): readonly number[] {
  const others = podPorts(props).filter(({ callers = [] }) => callers.some(isCilium));
  return [...(gateway !== undefined && isCilium(gateway) ? [SERVICE_PORT] : []), ...others.map(({ port }) => port)];
}

/** An ALB asks each Service by itself whether it is well; without an annotation of its own, on the path of the gateway. */
function edgeAnnotations(
  controller: string | undefined,
  { probes, ports }: SettledProps,
): Readonly<Record<string, string>> {
  if (controller !== 'alb' || !asksPort(probes)) return {};
  const { path, port, exec } = probes.liveness ?? {};
  if (exec !== undefined || (path === undefined && port === undefined)) return {};
  const number = ports.find(({ name }) => name === port)?.port;
  return {
    'alb.ingress.kubernetes.io/healthcheck-path': path ?? '/livez',
    ...(number === undefined ? {} : { 'alb.ingress.kubernetes.io/healthcheck-port': String(number) }),
  };
}

/** Ports of all containers of the pod besides 8000. */
export function podPorts({
  ports,
  initContainers,
  extraContainers,
}: Pick<SettledProps, 'ports' | 'initContainers' | 'extraContainers'>): readonly ExtraPort[] {
  return [...ports, ...[...initContainers, ...extraContainers].flatMap((container) => container.ports ?? [])];
}

function startSecondsOf(deadline: string | undefined): number {
  const seconds = Number(deadline);
  return deadline !== undefined && seconds > 0 ? Math.ceil(seconds) + START_MARGIN_SECONDS : DEFAULT_START_SECONDS;
}
