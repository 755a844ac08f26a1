/** The shapes of what is inside the props of a service: the pod, its containers, volumes, probes, ports and scaling. */
import type { EnvFrom } from '#env';
import {
  type AnyShapes,
  byValue,
  either,
  group,
  listOf,
  mapOf,
  oneOf,
  oneWord,
  openGroup,
  type PropShapes,
  required,
  whole,
} from '#prop-shapes';
import type { ManifestPatch, PatchedKind } from '../object/manifest-patch.ts';
import { KEY_REF, NAMED, PORT_NUMBER, SOME_RESOURCES } from '../object/object-shapes.ts';
import { EDGE_PEER, NETWORK_PEERS, POD_PEER } from '../store/peer-shapes.ts';
import type { Autoscaling, ExternalMetric, ObjectMetric, PodsMetric, ScalingRules } from './autoscaling.ts';
import type { ExtraContainer, InitContainer } from './container.ts';
import type { EgressTarget, IngressSource } from './policy.ts';
import type { ExtraPort } from './ports.ts';
import type { ExecProbe, ProbeOptions, Probes } from './probes.ts';
import type { DisruptionBudget } from './replicas.ts';
import type { CronOptions, JobOptions } from './shape.ts';
import type {
  ClaimVolume,
  ConfigMapVolume,
  CsiVolume,
  EmptyDirVolume,
  NewClaimVolume,
  SecretVolume,
} from './volumes.ts';

type Shapes<P> = PropShapes<P>;

/** A store's URL: a text, a key of a Secret, or none. */
export const STORE_URL = either('text', KEY_REF, 'off');

/** Sources of whole sets of variables; their kind and name are judged where they are read. */
export const ENV_SOURCES = listOf(
  group<EnvFrom>({ kind: 'any', name: 'any', prefix: 'text', optional: 'boolean', keys: 'texts' }),
);

const PROBE: Shapes<ProbeOptions> = {
  path: 'text',
  port: 'name',
  exec: 'texts',
  initialDelaySeconds: whole(0),
  periodSeconds: whole(1),
  timeoutSeconds: whole(1),
  failureThreshold: whole(1),
};
/** The three probes. */
export const PROBES = group<Probes>({ startup: group(PROBE), readiness: group(PROBE), liveness: group(PROBE) });
const EXEC_PROBE = group<ExecProbe>({ ...PROBE, exec: 'texts!' });
/** The three probes, one command for all, or none. */
export const PROBE_CHOICE = either(
  'off',
  byValue('an object', (value) =>
    typeof value === 'object' && value !== null && 'exec' in value ? EXEC_PROBE : PROBES,
  ),
);

const SPEED = group<ScalingRules>({
  stabilizationWindowSeconds: whole(0),
  selectPolicy: oneWord('Max', 'Min', 'Disabled'),
  policies: listOf(
    group<NonNullable<ScalingRules['policies']>[number]>({
      type: required(oneWord('Pods', 'Percent')),
      value: required(whole(0)),
      periodSeconds: required(whole(0)),
    }),
  ),
});
const AVERAGE: AnyShapes = { averageValue: 'name!' };
const TARGET = required(oneOf({ averageValue: AVERAGE, value: { value: 'name!' } }));
const METRIC = oneOf({
  external: { external: 'name!', matchLabels: 'textMap', target: TARGET } satisfies Shapes<ExternalMetric>,
  pods: {
    pods: 'name!',
    matchLabels: 'textMap',
    target: required(oneOf({ averageValue: AVERAGE })),
  } satisfies Shapes<PodsMetric>,
  object: {
    object: 'name!',
    describedObject: required(
      group<ObjectMetric['describedObject']>({ apiVersion: 'name!', kind: 'name!', name: 'name!' }),
    ),
    target: TARGET,
  } satisfies Shapes<ObjectMetric>,
});

/** Automatic scaling. */
export const AUTOSCALING = group<Autoscaling>({
  scaler: oneWord('HorizontalPodAutoscaler', 'external'),
  minReplicas: whole(0),
  maxReplicas: required(whole(0)),
  cpuPercent: whole(0),
  memoryPercent: whole(0),
  metrics: listOf(METRIC),
  behavior: group<NonNullable<Autoscaling['behavior']>>({ scaleUp: SPEED, scaleDown: SPEED }),
});

/** How many pods an eviction may take; the counts are judged with the replicas. */
export const DISRUPTION_BUDGET = group<DisruptionBudget>({
  maxUnavailable: 'number|text',
  minAvailable: 'number|text',
  unhealthyPodEvictionPolicy: oneWord('IfHealthyBudget', 'AlwaysAllow'),
});

/** Additional ports. */
export const EXTRA_PORTS = listOf(
  group<ExtraPort>({ name: 'text!', port: 'finite!', callers: listOf(EDGE_PEER), appProtocol: 'name' }),
);

/** Ports that others may reach. */
export const INGRESS_SOURCES = listOf(
  group<IngressSource>({ port: required(PORT_NUMBER), from: required(NETWORK_PEERS) }),
);

/** Targets, among them whole stores. */
export const EGRESS_TARGETS = listOf(
  openGroup<EgressTarget>({ host: 'name', port: 'finite!', app: 'name', pods: POD_PEER, cidrs: 'texts' }),
);

const CONTAINER: Shapes<ExtraContainer> = {
  name: 'text!',
  image: 'text!',
  command: 'texts',
  args: 'texts',
  env: 'list',
  envFrom: ENV_SOURCES,
  resources: SOME_RESOURCES,
  mounts: listOf(
    group<NonNullable<ExtraContainer['mounts']>[number]>({ volume: 'name!', mountPath: 'name!', readOnly: 'boolean' }),
  ),
  ports: EXTRA_PORTS,
};
/** Sidecars. */
export const EXTRA_CONTAINERS = listOf(group<ExtraContainer>(CONTAINER));
/** Containers that run first. */
export const INIT_CONTAINERS = listOf(group<InitContainer>({ ...CONTAINER, restartPolicy: oneWord('Always') }));

const MOUNTED = { name: 'text!', mountPath: 'text!' } as const;
const ACCESS = oneWord('ReadWriteOnce', 'ReadWriteOncePod', 'ReadOnlyMany', 'ReadWriteMany');
const A_NAME = required(NAMED);
const KEYS = { keys: 'texts', optional: 'boolean' } as const;
const PROJECTED = oneOf({
  configMap: { ...KEYS, configMap: A_NAME },
  secret: { ...KEYS, secret: A_NAME },
  serviceAccountToken: {
    serviceAccountToken: required(
      group<{ audience: string; path: string; expirationSeconds?: number }>({
        audience: 'name!',
        path: 'name!',
        expirationSeconds: whole(600),
      }),
    ),
  },
  downwardApi: { downwardApi: required(mapOf('name')) },
});
/** Volumes. */
export const VOLUMES = listOf(
  oneOf({
    newClaim: {
      ...MOUNTED,
      newClaim: required(
        group<NewClaimVolume['newClaim']>({ size: 'text!', storageClassName: 'text', accessMode: ACCESS }),
      ),
      readOnly: 'boolean',
    } satisfies Shapes<NewClaimVolume>,
    claim: { ...MOUNTED, claim: A_NAME, accessMode: ACCESS, readOnly: 'boolean' } satisfies Shapes<ClaimVolume>,
    configMap: { ...MOUNTED, configMap: A_NAME, optional: 'boolean' } satisfies Shapes<ConfigMapVolume>,
    secret: { ...MOUNTED, ...KEYS, secret: A_NAME } satisfies Shapes<SecretVolume>,
    sizeLimit: { ...MOUNTED, sizeLimit: 'text!', inMemory: 'boolean' } satisfies Shapes<EmptyDirVolume>,
    csi: {
      ...MOUNTED,
      csi: required(
        group<CsiVolume['csi']>({
          driver: 'name!',
          volumeAttributes: 'textMap',
          nodePublishSecret: NAMED,
          fsType: 'name',
        }),
      ),
      readOnly: 'boolean',
    } satisfies Shapes<CsiVolume>,
    projected: { ...MOUNTED, projected: required(listOf(PROJECTED)) },
  }),
);

const KINDS: readonly PatchedKind[] = [
  'Deployment',
  'Job',
  'CronJob',
  'Service',
  'ServiceAccount',
  'NetworkPolicy',
  'CiliumNetworkPolicy',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'PersistentVolumeClaim',
];
/** Changes of rendered objects. */
export const PATCHES = listOf(
  group<ManifestPatch>({
    kind: oneWord(...KINDS),
    op: required(oneWord('add', 'replace', 'remove')),
    path: 'name!',
    value: 'any',
  }),
);

/** When and how often the pods of a Job run; numbers are judged with the Job. */
export const JOB: Shapes<JobOptions> = {
  backoffLimit: 'finite',
  activeDeadlineSeconds: 'finite',
  completions: 'finite',
  parallelism: 'finite',
};
/** When a CronJob starts its Jobs. */
export const CRON: Shapes<CronOptions> = {
  schedule: 'text!',
  timeZone: 'name',
  concurrencyPolicy: oneWord('Forbid', 'Replace', 'Allow'),
  startingDeadlineSeconds: 'finite',
  suspend: 'boolean',
  successfulJobsHistoryLimit: 'finite',
  failedJobsHistoryLimit: 'finite',
};
