import { declarations } from './store/declaration-shapes.ts';
import { assertProps, oneWord, type PropShapes, required, whole } from '#prop-shapes';
import { Chart, type ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { assertNoFaults } from '#env';
import type { KeyRef } from '#env';
import { bytesOf } from '#manifests';
import { kubeObject } from './object/kube-objects.ts';
import { REDIS_PORT, redisAclScript, redisConfig } from './redis/acl.ts';
import { externalRedis, type ExternalRedis, type ExternalRedisProps } from './redis-external.ts';
import { REDIS_DATA_VOLUME, REDIS_FILES, redisPod } from './redis/pod.ts';
import { redisSettings, redisSettingsFaults, type RedisProps, type RedisSettings } from './redis/settings.ts';
import { redisUsers, type RedisServiceUser } from './redis/users.ts';
import { KEY_REF, RESOURCES } from './object/object-shapes.ts';
import { NETWORK_PEERS } from './store/peer-shapes.ts';
import { storePolicy } from './store/policy.ts';
import type { StoreEndpoint } from './store/endpoint.ts';
import { clientService, headlessName, headlessService } from './store/services.ts';
import { claimTemplate } from './store/volume.ts';

/**
 * Redis with an append-only file on a volume, and a user for each service with keys. Throws a `DeclarationError` with
 * every fault of its props and of the services' keys and logins.
 */
export class Redis extends Construct implements StoreEndpoint {
  /**
   * An external Redis: creates no object, applies the same checks, and returns the users that its administrator must
   * create.
   */
  static external(props: ExternalRedisProps): ExternalRedis {
    return externalRedis(props);
  }

  /** Name of its objects and value of its label `app`. */
  readonly app: string;
  /** Host name for clients in any namespace. */
  readonly host: string;
  /** Port. */
  readonly port = REDIS_PORT;
  /** Empty: it is known by its label. */
  readonly cidrs: readonly string[] = [];
  /** Address for clients, without credentials. */
  readonly url: string;
  /** One user for each service with keys. */
  readonly users: readonly RedisServiceUser[];
  /** Its StatefulSet. */
  readonly statefulSet: ApiObject;
  /** The Service for clients. */
  readonly service: ApiObject;
  /** The Service that gives the pod a host name. */
  readonly headlessService: ApiObject;
  /** Holds the configuration and the script that writes the users. */
  readonly configMap: ApiObject;
  /** The policy of its pods: ingress from its users and callers. */
  readonly networkPolicy: ApiObject;

  constructor(scope: Construct, id: string, props: RedisProps) {
    super(scope, id);
    assertProps(props, SHAPES, this.node.path, 'Redis');
    const settings = redisSettings({ ...props, name: props.name ?? id });
    const { users, faults } = redisUsers(settings.services, this.node.path);
    assertNoFaults([...redisSettingsFaults(settings, this.node.path), ...faults]);

    const { name } = settings;
    const namespace = Chart.of(this).namespace;
    this.app = name;
    this.users = users;
    this.host = namespace === undefined ? name : `${name}.${namespace}.svc.cluster.local`;
    this.url = `redis://${this.host}:${REDIS_PORT}`;

    const ports = [{ name: 'redis', port: REDIS_PORT, appProtocol: 'redis' }];
    const configMapName = `${name}-config`;
    const files = configFiles(settings, users);
    this.configMap = kubeObject('ConfigMap', this, 'config', {
      metadata: { name: configMapName, labels: { app: name } },
      data: files,
    });
    this.service = clientService(this, 'service', name, ports);
    this.headlessService = headlessService(this, 'headless', name, ports);
    this.statefulSet = kubeObject('StatefulSet', this, 'statefulset', {
      metadata: { name, labels: { app: name } },
      spec: {
        replicas: 1,
        serviceName: headlessName(name),
        selector: { matchLabels: { app: name } },
        template: redisPod({
          ...settings,
          configMapName,
          files,
          passwords: [...users.map(({ login }) => login), ...adminLogin(settings)],
        }),
        volumeClaimTemplates: [
          claimTemplate({ name: REDIS_DATA_VOLUME, storage: settings.storage, storageClass: settings.storageClass }),
        ],
      },
    });
    this.networkPolicy = storePolicy(this, 'policy', {
      name,
      entries: [{ port: REDIS_PORT, services: users.map((user) => user.name), from: settings.callers }],
    });
  }
}

const ADMIN_VARIABLE = 'REDIS_ADMIN_PASSWORD';

function configFiles(settings: RedisSettings, users: readonly RedisServiceUser[]): Record<string, string> {
  const { maxMemoryPolicy, adminPassword } = settings;
  return {
    [REDIS_FILES.config]: redisConfig({ maxMemoryBytes: bytesOf(settings.maxMemory) ?? 0, maxMemoryPolicy }),
    [REDIS_FILES.users]: redisAclScript(
      users,
      adminPassword === undefined ? {} : { adminPasswordVariable: ADMIN_VARIABLE },
    ),
  };
}

function adminLogin(settings: RedisSettings): { variable: string; password: KeyRef }[] {
  return settings.adminPassword === undefined ? [] : [{ variable: ADMIN_VARIABLE, password: settings.adminPassword }];
}

const SHAPES = {
  services: required(declarations()),
  name: 'text',
  image: 'text',
  imagePullSecrets: 'texts',
  storage: 'text',
  storageClass: 'text',
  maxMemory: 'text',
  maxMemoryPolicy: oneWord(
    'noeviction',
    'allkeys-lru',
    'allkeys-lfu',
    'allkeys-random',
    'volatile-lru',
    'volatile-lfu',
    'volatile-random',
    'volatile-ttl',
  ),
  resources: RESOURCES,
  priorityClassName: 'name',
  uid: whole(1),
  adminPassword: KEY_REF,
  callers: NETWORK_PEERS,
} as const satisfies PropShapes<RedisProps>;
