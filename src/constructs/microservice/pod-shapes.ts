/** The shape of the fields of a pod template: where the pods may run, how they are labelled, what hooks they have. */
import { type AnyShapes, group, listOf, oneOf, oneWord, required, whole } from '#prop-shapes';
import type {
  Affinity,
  LabelRequirement,
  NodeAffinity,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
} from './affinity.ts';
import type { LifecycleHook, PodOptions, Toleration, TopologySpread } from './pod-options.ts';

const WEIGHT = required(whole(1, 100));
const EXPRESSIONS = listOf(
  group<LabelRequirement>({
    key: 'name!',
    operator: required(oneWord('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt')),
    values: 'texts',
  }),
);
const NODE_TERM = group<NodeSelectorTerm>({ matchExpressions: EXPRESSIONS, matchFields: EXPRESSIONS });
const POD_TERM = group<PodAffinityTerm>({
  topologyKey: 'name!',
  labelSelector: required(
    group<PodAffinityTerm['labelSelector']>({ matchLabels: 'textMap', matchExpressions: EXPRESSIONS }),
  ),
  namespaces: 'texts',
});
const POD_AFFINITY = group<PodAffinity>({
  requiredDuringSchedulingIgnoredDuringExecution: listOf(POD_TERM),
  preferredDuringSchedulingIgnoredDuringExecution: listOf(
    group<{ weight: number; podAffinityTerm: PodAffinityTerm }>({
      weight: WEIGHT,
      podAffinityTerm: required(POD_TERM),
    }),
  ),
});
const AFFINITY = group<Affinity>({
  nodeAffinity: group<NodeAffinity>({
    requiredDuringSchedulingIgnoredDuringExecution: group<{ nodeSelectorTerms: unknown }>({
      nodeSelectorTerms: required(listOf(NODE_TERM)),
    }),
    preferredDuringSchedulingIgnoredDuringExecution: listOf(
      group<{ weight: number; preference: NodeSelectorTerm }>({ weight: WEIGHT, preference: required(NODE_TERM) }),
    ),
  }),
  podAffinity: POD_AFFINITY,
  podAntiAffinity: POD_AFFINITY,
});

const COMMAND = 'texts!';
const HTTP_GET = group<{ path: string; port?: string }>({ path: 'name!', port: 'name' });
const HOOK = oneOf({
  exec: { exec: COMMAND },
  httpGet: { httpGet: required(HTTP_GET) },
} satisfies Record<LifecycleHook extends infer H ? (H extends unknown ? keyof H : never) : never, AnyShapes>);

/** Fields of the pod template. */
export const POD_OPTIONS = group<PodOptions>({
  nodeSelector: 'textMap',
  tolerations: listOf(
    group<Toleration>({
      key: 'text',
      operator: oneWord('Equal', 'Exists'),
      value: 'text',
      effect: oneWord('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
      tolerationSeconds: whole(0),
    }),
  ),
  affinity: AFFINITY,
  topologySpread: listOf(
    group<TopologySpread>({
      topologyKey: 'name!',
      maxSkew: 'finite',
      whenUnsatisfiable: oneWord('ScheduleAnyway', 'DoNotSchedule'),
    }),
  ),
  priorityClassName: 'name',
  runtimeClassName: 'name',
  labels: 'textMap',
  annotations: 'textMap',
  lifecycle: group<NonNullable<PodOptions['lifecycle']>>({ postStart: HOOK, preStop: HOOK }),
});
