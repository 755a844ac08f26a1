import { topologyShape } from './store/declaration-shapes.ts';
import { assertProps, type PropShapes, required, whole } from '#prop-shapes';
import { Chart, type ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { assertNoFaults } from '#env';
import type { EnvVariable, KeyRef } from '#env';
import { bytesOf } from '#manifests';
import { intOrString, kubeObject } from './object/kube-objects.ts';
import {
  natsConfig,
  natsConfigFiles,
  natsStartupConfig,
  NATS_MONITOR_PORT,
  NATS_PORT,
  NATS_ROUTE_PORT,
} from './nats/config.ts';
import type { NatsConfigProps } from './nats/config.ts';
import { externalNats, type ExternalNats, type ExternalNatsProps } from './nats-external.ts';
import { configMapFaults, packedFiles } from './nats/config-maps.ts';
import {
  NATS_DATA_VOLUME,
  NATS_ROUTE_VARIABLE,
  NATS_ROUTES_TLS_FOLDER,
  NATS_TLS_FOLDER,
  natsPod,
  natsPorts,
  natsRouteVariable,
  type NatsRoutes,
} from './nats/pod.ts';
import {
  NATS_SYSTEM_VARIABLE,
  natsSettings,
  natsSettingsFaults,
  type NatsServerProps,
  type NatsSettings,
} from './nats/settings.ts';
import { natsLogins, type NatsServiceUser } from './nats/users.ts';
import type { MicroserviceVolume } from './microservice/volumes.ts';
import { CERTIFICATES, clientTls } from './store/client-tls.ts';
import type { StoreEndpoint } from './store/endpoint.ts';
import { KEY_REF, RESOURCES } from './object/object-shapes.ts';
import { NETWORK_PEERS, SCRAPER } from './store/peer-shapes.ts';
import { podsOf, storePolicy } from './store/policy.ts';
import { clientService, headlessName, headlessService } from './store/services.ts';
import { claimTemplate } from './store/volume.ts';

/**
 * A NATS server with JetStream on a disk, alone or as a cluster of three, and an account with one user for each
 * service of its topology; the streams belong to an account without users.
 * Throws a `DeclarationError` with every fault of its props and of the topology.
 */
export class NatsServer extends Construct implements StoreEndpoint {
  /** An external NATS: creates no object, applies the same checks, and returns what its administrator must set up. */
  static external(props: ExternalNatsProps): ExternalNats {
    return externalNats(props);
  }

  /** Name of its objects and value of its label `app`. */
  readonly app: string;
  /** Host name for clients in any namespace. */
  readonly host: string;
  /** Client port. */
  readonly port = NATS_PORT;
  /** Empty: it is known by its label. */
  readonly cidrs: readonly string[] = [];
  /** Address for clients, without credentials: `tls://…` with `tlsSecret`. */
  readonly url: string;
  /** Volumes with the certificates of `tlsCa`: add them to `volumes` of each client. */
  readonly volumes: readonly MicroserviceVolume[];
  /** Variables by which Node trusts `tlsCa`: add them to `env` of each client. */
  readonly env: readonly EnvVariable[];
  /** Servers. */
  readonly replicas: number;
  /** One user for each service that sends or receives messages. */
  readonly users: readonly NatsServiceUser[];
  /** Props of its nats.conf: `natsConfig({ ...server.configProps, port })` renders a variant. */
  readonly configProps: NatsConfigProps;
  /** Text of its nats.conf, including the files that it includes. */
  readonly config: string;
  /** Its StatefulSet. */
  readonly statefulSet: ApiObject;
  /** The Service for clients. */
  readonly service: ApiObject;
  /** The Service that gives each server a host name. */
  readonly headlessService: ApiObject;
  /** Contain nats.conf and the files that it includes, one per account. */
  readonly configMaps: readonly ApiObject[];
  /** The policy of its pods: ingress from its users, callers and the other servers. */
  readonly networkPolicy: ApiObject;
  /** Undefined with one replica: it would forbid every drain of a node. */
  readonly podDisruptionBudget: ApiObject | undefined;

  constructor(scope: Construct, id: string, props: NatsServerProps) {
    super(scope, id);
    assertProps(props, SHAPES, this.node.path, 'NatsServer');
    const settings = natsSettings({ ...props, name: props.name ?? id });
    const { accounts, users, faults } = natsLogins(props.topology, this.node.path);
    this.configProps = configProps(settings, accounts);
    const files = natsConfigFiles(this.configProps);
    assertNoFaults([
      ...natsSettingsFaults(settings, this.node.path),
      ...faults,
      ...configMapFaults(files, this.node.path),
    ]);

    const { name, replicas } = settings;
    const clustered = replicas > 1;
    const namespace = Chart.of(this).namespace;
    this.app = name;
    this.replicas = replicas;
    this.users = users;
    this.host = namespace === undefined ? name : `${name}.${namespace}.svc.cluster.local`;
    const tls = clientTls('nats', settings.tlsSecret !== undefined && { ca: settings.tlsCa });
    this.url = `${tls.isOn ? 'tls' : 'nats'}://${this.host}:${NATS_PORT}`;
    this.volumes = tls.volumes;
    this.env = tls.env;
    this.config = natsConfig(this.configProps);

    const metadata = { name, labels: { app: name } };
    const packs = packedFiles(files);
    const configMapNames = packs.map((_, i) => `${name}-config${i === 0 ? '' : `-${i + 1}`}`);
    this.configMaps = packs.map((data, i) =>
      kubeObject('ConfigMap', this, i === 0 ? 'config' : `config-${i + 1}`, {
        metadata: { name: configMapNames[i], labels: { app: name } },
        data,
      }),
    );
    this.service = clientService(this, 'service', name, [{ name: 'nats', port: NATS_PORT }]);
    this.headlessService = headlessService(this, 'headless', name, natsPorts(clustered));
    this.statefulSet = kubeObject('StatefulSet', this, 'statefulset', {
      metadata,
      spec: {
        replicas,
        serviceName: headlessName(name),
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: { app: name } },
        template: natsPod({
          ...settings,
          clustered,
          configMapNames,
          configFiles: Object.keys(files),
          startupConfig: natsStartupConfig(this.configProps),
          passwords: [...users.map(({ login }) => login), ...systemLogin(settings)],
          routes: routesOf(settings),
          tlsSecret: settings.tlsSecret,
          routesTlsSecret: settings.routesTlsSecret,
        }),
        volumeClaimTemplates: [
          claimTemplate({ name: NATS_DATA_VOLUME, storage: settings.storage, storageClass: settings.storageClass }),
        ],
      },
    });
    this.networkPolicy = storePolicy(this, 'policy', {
      name,
      entries: [
        { port: NATS_PORT, services: users.map((user) => user.name), from: settings.callers },
        { port: NATS_ROUTE_PORT, from: clustered ? [podsOf(name)] : [] },
        {
          port: NATS_MONITOR_PORT,
          from: [podsOf(name), ...[settings.scraper ?? []].flat()],
        },
      ],
      exits: clustered ? [{ port: NATS_ROUTE_PORT, to: [podsOf(name)] }] : [],
    });
    this.podDisruptionBudget = clustered
      ? kubeObject('PodDisruptionBudget', this, 'pdb', {
          metadata,
          spec: { maxUnavailable: intOrString(1), selector: { matchLabels: { app: name } } },
        })
      : undefined;
  }
}

function configProps(settings: NatsSettings, accounts: NatsConfigProps['accounts']): NatsConfigProps {
  return {
    accounts,
    maxFileStoreBytes: bytesOf(settings.maxFileStore) ?? 0,
    maxMemoryStoreBytes: bytesOf(settings.memoryStore) ?? 0,
    ...(settings.systemPassword === undefined ? {} : { systemPasswordVariable: NATS_SYSTEM_VARIABLE }),
    ...(settings.tlsSecret === undefined ? {} : { tlsFolder: NATS_TLS_FOLDER }),
    ...(settings.replicas === 1 ? {} : { cluster: clusterOf(settings) }),
  };
}

function clusterOf(settings: NatsSettings): NatsConfigProps['cluster'] {
  const { password, addresses } = routesOf(settings) ?? { password: undefined, addresses: [] };
  return {
    name: settings.name,
    port: NATS_ROUTE_PORT,
    ...(password === undefined
      ? { routes: addresses }
      : { routes: addresses.map((_, i) => natsRouteVariable(i)), passwordVariable: NATS_ROUTE_VARIABLE }),
    ...(settings.routesTlsSecret === undefined ? {} : { tlsFolder: NATS_ROUTES_TLS_FOLDER }),
  };
}

/** The servers' routes and their password; undefined for a server that stands alone. */
function routesOf({ name, replicas, routesPassword }: NatsSettings): NatsRoutes | undefined {
  if (replicas === 1) return undefined;
  const servers = Array.from({ length: replicas }, (_, ordinal) => `${name}-${ordinal}`);
  return {
    password: routesPassword,
    addresses: servers.map((server) => `${server}.${headlessName(name)}:${NATS_ROUTE_PORT}`),
  };
}

function systemLogin(settings: NatsSettings): { variable: string; password: KeyRef }[] {
  return settings.systemPassword === undefined
    ? []
    : [{ variable: NATS_SYSTEM_VARIABLE, password: settings.systemPassword }];
}

const SHAPES = {
  topology: required(topologyShape()),
  name: 'text',
  image: 'text',
  reloaderImage: 'text',
  imagePullSecrets: 'texts',
  replicas: 'number',
  storage: 'text',
  storageClass: 'text',
  maxFileStore: 'text',
  memoryStore: 'text',
  resources: RESOURCES,
  priorityClassName: 'name',
  uid: whole(1),
  systemPassword: KEY_REF,
  tlsSecret: 'text',
  tlsCa: CERTIFICATES,
  routesPassword: KEY_REF,
  routesTlsSecret: 'text',
  scraper: SCRAPER,
  callers: NETWORK_PEERS,
} as const satisfies PropShapes<NatsServerProps>;
