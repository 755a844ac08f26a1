/** The Deployment of a microservice as plain data: typed by the API classes, plus fields that they do not have yet. */
import type { k8s } from 'cdk8s-plus-27';
import { kubeManifest, plainJson } from '../object/kube-objects.ts';
import { configMapsRead, rollOutAnnotations } from '../object/config-roll-out.ts';
import type { ConfigReader } from '../object/config-roll-out.ts';
import { deploymentStrategy, statedReplicas, topologySpread } from './replicas.ts';
import type { ReplicaProps } from './replicas.ts';
import { restrictedPod } from '../object/pod-security.ts';

/** What the Deployment is made of. */
export interface MicroserviceDeployment extends ReplicaProps {
  readonly containers: readonly k8s.Container[];
  readonly initContainers: readonly k8s.Container[];
  readonly podVolumes: readonly k8s.Volume[];
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly imagePullSecrets: readonly string[];
  readonly uid: number;
  readonly preStopSeconds: number;
  readonly terminationGracePeriodSeconds: number;
  readonly progressDeadlineSeconds: number;
  readonly reader: ConfigReader;
}

/** The manifest of the Deployment. */
export function deploymentManifest(props: MicroserviceDeployment): object {
  const podSpec = withPreStop(plainJson(podSpecOf(props)) as PodSpecJson, props.preStopSeconds);
  const labels = { app: props.name };
  const deployment = kubeManifest('Deployment', {
    metadata: { name: props.name, labels },
    spec: {
      ...statedReplicas(props),
      strategy: deploymentStrategy(props),
      progressDeadlineSeconds: props.progressDeadlineSeconds,
      selector: { matchLabels: labels },
      template: {},
    },
  }) as unknown as DeploymentJson;
  const annotations = rollOutAnnotations(props.reader, configMapsRead(podSpec), props.podAnnotations);
  const metadata = { ...(annotations === undefined ? {} : { annotations }), labels };
  return { ...deployment, spec: { ...deployment.spec, template: { metadata, spec: podSpec } } };
}

interface DeploymentJson {
  readonly spec: Readonly<Record<string, unknown>>;
}

interface PodSpecJson {
  readonly containers: readonly Readonly<Record<string, unknown>>[];
}

function podSpecOf(props: MicroserviceDeployment): k8s.PodSpec {
  return {
    serviceAccountName: props.name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod({ uid: props.uid }),
    terminationGracePeriodSeconds: props.terminationGracePeriodSeconds,
    ...(props.imagePullSecrets.length === 0
      ? {}
      : { imagePullSecrets: props.imagePullSecrets.map((name) => ({ name })) }),
    ...topologySpread(props),
    ...(props.initContainers.length === 0 ? {} : { initContainers: [...props.initContainers] }),
    containers: [...props.containers],
    volumes: [...props.podVolumes],
  };
}

/** Adds the pause before SIGTERM to the first container: the `sleep` action, which the classes of 1.27 do not know. */
function withPreStop(podSpec: PodSpecJson, seconds: number): PodSpecJson {
  const [service, ...others] = podSpec.containers;
  if (seconds === 0 || service === undefined) return podSpec;
  return { ...podSpec, containers: [{ ...service, lifecycle: { preStop: { sleep: { seconds } } } }, ...others] };
}
