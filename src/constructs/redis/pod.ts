/** The pod of Redis: a step that writes the users' file into memory, then the server. */
import type { k8s } from 'cdk8s-plus-27';
import { quantity } from '../object/kube-objects.ts';
import { resourceRequirements } from '../object/container-resources.ts';
import { restrictedContainer } from '../object/pod-security.ts';
import { REDIS_ACL_FILE, REDIS_DATA_FOLDER, REDIS_PORT, REDIS_PROBE_USER } from './acl.ts';
import { STORE_CONFIG_VOLUME, storePod, type StorePodProps } from '../store/pod.ts';
import { loginEnv } from '../store/service-login.ts';

/** Name of the volume that a claim template makes for the append-only files. */
export const REDIS_DATA_VOLUME = 'data';
/** Files of the ConfigMap. */
export const REDIS_FILES = { config: 'redis.conf', users: 'users.sh' } as const;

const CONFIG_FOLDER = '/etc/redis';
const ACL_FOLDER = '/run/redis';
const GRACE_SECONDS = 30;
const USERS_RESOURCES = { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '32Mi' } };

/** Renders the pod template. A change of the configuration or of the users rolls it. */
export function redisPod(props: StorePodProps): k8s.PodTemplateSpec {
  return storePod(props, {
    graceSeconds: GRACE_SECONDS,
    initContainers: [usersContainer(props)],
    containers: [serverContainer(props)],
    volumes: [{ name: 'acl', emptyDir: { medium: 'Memory', sizeLimit: quantity('1Mi') } }],
  });
}

function usersContainer(props: StorePodProps): k8s.Container {
  return {
    name: 'users',
    image: props.image,
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', `${CONFIG_FOLDER}/${REDIS_FILES.users}`, REDIS_ACL_FILE],
    env: loginEnv(props.passwords),
    resources: resourceRequirements(USERS_RESOURCES),
    securityContext: restrictedContainer(),
    volumeMounts: configMounts(),
  };
}

function serverContainer(props: StorePodProps): k8s.Container {
  return {
    name: 'redis',
    image: props.image,
    imagePullPolicy: 'IfNotPresent',
    command: ['redis-server', `${CONFIG_FOLDER}/${REDIS_FILES.config}`, '--appendonly', 'yes'],
    ports: [{ name: 'redis', containerPort: REDIS_PORT, protocol: 'TCP' }],
    // PING is refused while the append-only file is being read, so a large one is waited for at start alone
    startupProbe: { ...pingProbe(), periodSeconds: 2, failureThreshold: 150 },
    readinessProbe: { ...pingProbe(), periodSeconds: 10, failureThreshold: 3 },
    livenessProbe: { ...pingProbe(), periodSeconds: 20, failureThreshold: 6 },
    resources: resourceRequirements(props.resources),
    securityContext: restrictedContainer(),
    volumeMounts: [...configMounts(), { name: REDIS_DATA_VOLUME, mountPath: REDIS_DATA_FOLDER }],
  };
}

/** The probes' user needs no password, but redis-cli logs in as somebody else only when it is given one. */
function pingProbe(): k8s.Probe {
  const login = ['--user', REDIS_PROBE_USER, '--pass', REDIS_PROBE_USER, '--no-auth-warning'];
  return { exec: { command: ['redis-cli', '-e', ...login, 'ping'] }, timeoutSeconds: 5 };
}

function configMounts(): k8s.VolumeMount[] {
  return [
    { name: STORE_CONFIG_VOLUME, mountPath: CONFIG_FOLDER, readOnly: true },
    { name: 'acl', mountPath: ACL_FOLDER },
  ];
}
