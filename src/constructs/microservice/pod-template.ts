/** The pod template of a service as plain data: typed by the API classes, plus fields that they do not have yet. */
import type { k8s } from 'cdk8s-plus-27';
import { configMapsRead, rollOutAnnotations } from '../object/config-roll-out.ts';
import type { ConfigReader } from '../object/config-roll-out.ts';
import { plainJson } from '../object/kube-objects.ts';
import { restrictedPod } from '../object/pod-security.ts';
import { lifecycleOf, scheduling } from './pod-options.ts';
import type { LifecycleHandler, PodOptions } from './pod-options.ts';

/** Inputs of a pod template. */
export interface ServicePodTemplate {
  readonly name: string;
  readonly containers: readonly k8s.Container[];
  readonly initContainers: readonly k8s.Container[];
  readonly podVolumes: readonly k8s.Volume[];
  readonly pod: PodOptions;
  readonly serviceAccountName: string;
  readonly imagePullSecrets: readonly string[];
  readonly uid: number;
  readonly preStopSeconds: number;
  readonly terminationGracePeriodSeconds: number;
  /** Whether there are several pods, which are spread over nodes. */
  readonly spreads: boolean;
  /** Undefined for pods that run forever, as is the default of Kubernetes. */
  readonly restartPolicy: 'Never' | undefined;
  /** Undefined where a change of a ConfigMap must not change the template. */
  readonly reader: ConfigReader | undefined;
}

/** The pod template. */
export function podTemplate(props: ServicePodTemplate): { readonly metadata: object; readonly spec: object } {
  const lifecycle = lifecycleOf(props.pod, props.preStopSeconds);
  const spec = withLifecycle(plainJson(podSpecOf(props)) as PodSpecJson, lifecycle);
  const own = props.pod.annotations ?? {};
  const annotations = props.reader === undefined ? own : rollOutAnnotations(props.reader, configMapsRead(spec), own);
  const labels = { ...props.pod.labels, app: props.name };
  const isEmpty = annotations === undefined || (annotations === own && Object.keys(own).length === 0);
  return { metadata: { ...(isEmpty ? {} : { annotations }), labels }, spec };
}

interface PodSpecJson {
  readonly containers: readonly Readonly<Record<string, unknown>>[];
}

function podSpecOf(props: ServicePodTemplate): k8s.PodSpec {
  return {
    serviceAccountName: props.serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod({ uid: props.uid }),
    terminationGracePeriodSeconds: props.terminationGracePeriodSeconds,
    ...(props.restartPolicy === undefined ? {} : { restartPolicy: props.restartPolicy }),
    ...(props.imagePullSecrets.length === 0
      ? {}
      : { imagePullSecrets: props.imagePullSecrets.map((name) => ({ name })) }),
    ...scheduling(props.name, props.pod, props.spreads),
    ...(props.initContainers.length === 0 ? {} : { initContainers: [...props.initContainers] }),
    containers: [...props.containers],
    volumes: [...props.podVolumes],
  };
}

/** Adds the hooks to the first container, the service. */
function withLifecycle(
  podSpec: PodSpecJson,
  lifecycle: Readonly<Record<string, LifecycleHandler>> | undefined,
): PodSpecJson {
  const [service, ...others] = podSpec.containers;
  if (lifecycle === undefined || service === undefined) return podSpec;
  return { ...podSpec, containers: [{ ...service, lifecycle }, ...others] };
}
