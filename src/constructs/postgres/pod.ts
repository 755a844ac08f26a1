/** The pod of PostgreSQL: a step that makes roles and schemas what the declarations say, then the server. */
import type { k8s } from 'cdk8s-plus-27';
import { quantity } from '../object/kube-objects.ts';
import { resourceRequirements } from '../object/container-resources.ts';
import { restrictedContainer } from '../object/pod-security.ts';
import {
  POSTGRES_CONFIG_FOLDER,
  POSTGRES_FILES,
  POSTGRES_PORT,
  POSTGRES_SOCKET_FOLDER,
  POSTGRES_SUPERUSER,
} from './config.ts';
import { STORE_CONFIG_VOLUME, storePod, type StorePodProps } from '../store/pod.ts';
import { loginEnv } from '../store/service-login.ts';

/** Name of the volume that a claim template makes for the data. */
export const POSTGRES_DATA_VOLUME = 'data';

const MOUNT_FOLDER = '/var/lib/postgresql/data';
/** Below the mount: a volume's own lost+found would keep initdb from it. */
const DATA_FOLDER = `${MOUNT_FOLDER}/pgdata`;
const GRACE_SECONDS = 90;
const STOP_TIMEOUT_SECONDS = 75;

/** Renders the pod template. A change of the configuration, of a role or of a schema rolls it. */
export function postgresPod(props: StorePodProps): k8s.PodTemplateSpec {
  return storePod(props, {
    graceSeconds: GRACE_SECONDS,
    initContainers: [rolesContainer(props)],
    containers: [serverContainer(props)],
    volumes: [
      { name: 'socket', emptyDir: { sizeLimit: quantity('1Mi') } },
      { name: 'tmp', emptyDir: { sizeLimit: quantity('64Mi') } },
    ],
  });
}

function rolesContainer(props: StorePodProps): k8s.Container {
  return {
    name: 'roles',
    image: props.image,
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', `${POSTGRES_CONFIG_FOLDER}/${POSTGRES_FILES.reconcile}`, POSTGRES_CONFIG_FOLDER],
    env: [...serverEnv(), ...loginEnv(props.passwords)],
    resources: resourceRequirements(props.resources),
    securityContext: restrictedContainer(),
    volumeMounts: mounts(),
  };
}

function serverContainer(props: StorePodProps): k8s.Container {
  return {
    name: 'postgres',
    image: props.image,
    imagePullPolicy: 'IfNotPresent',
    command: ['postgres', '-c', `config_file=${POSTGRES_CONFIG_FOLDER}/${POSTGRES_FILES.config}`],
    env: serverEnv(),
    ports: [{ name: 'postgres', containerPort: POSTGRES_PORT, protocol: 'TCP' }],
    startupProbe: { ...readyProbe(), periodSeconds: 2, failureThreshold: 300 },
    readinessProbe: { ...readyProbe(), periodSeconds: 10, failureThreshold: 3 },
    // generous: after the crash of one backend the server recovers by itself and answers nobody meanwhile
    livenessProbe: { ...readyProbe(), periodSeconds: 20, failureThreshold: 9 },
    // SIGTERM alone would wait for every client to leave
    lifecycle: {
      preStop: { exec: { command: ['pg_ctl', 'stop', '-m', 'fast', '-w', '-t', String(STOP_TIMEOUT_SECONDS)] } },
    },
    resources: resourceRequirements(props.resources),
    securityContext: restrictedContainer(),
    volumeMounts: mounts(),
  };
}

function serverEnv(): k8s.EnvVar[] {
  return [
    { name: 'PGDATA', value: DATA_FOLDER },
    { name: 'PGHOST', value: POSTGRES_SOCKET_FOLDER },
    { name: 'PGUSER', value: POSTGRES_SUPERUSER },
  ];
}

/** pg_isready logs in as nobody: it needs no password. */
function readyProbe(): k8s.Probe {
  return { exec: { command: ['pg_isready', '-q', '-h', POSTGRES_SOCKET_FOLDER] }, timeoutSeconds: 5 };
}

function mounts(): k8s.VolumeMount[] {
  return [
    { name: STORE_CONFIG_VOLUME, mountPath: POSTGRES_CONFIG_FOLDER, readOnly: true },
    { name: 'socket', mountPath: POSTGRES_SOCKET_FOLDER },
    { name: 'tmp', mountPath: '/tmp' },
    { name: POSTGRES_DATA_VOLUME, mountPath: MOUNT_FOLDER },
  ];
}
