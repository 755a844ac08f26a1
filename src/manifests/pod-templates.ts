/**
 * Where objects hold the pods that they make. Built-in workloads and some custom ones have one known place each. In other
 * custom resources a list `containers` is read as that of a pod, and a list `env` of named entries as that of a container:
 * so operators' resources, such as Strimzi's and CloudNativePG's, are read without knowing them.
 */
import { Cursor } from './cursor.ts';

/** A place that makes pods. */
export interface TemplatePlace {
  /** Labels of the pods. */
  readonly labels: Cursor;
  /** The spec of the pods; nothing where a single container stands by itself. */
  readonly spec: Cursor;
  /** A container that no list holds. */
  readonly single?: Cursor;
  /** Whether a controller adds what only it knows, so that the environment alone can be judged. */
  readonly embedded: boolean;
}

const TEMPLATE = ['spec', 'template'] as const;
/** Built-in kinds. */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  PodTemplate: ['template'],
  Deployment: TEMPLATE,
  StatefulSet: TEMPLATE,
  DaemonSet: TEMPLATE,
  ReplicaSet: TEMPLATE,
  ReplicationController: TEMPLATE,
  Job: TEMPLATE,
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};
/** Custom kinds whose template is that of a pod and nothing else, by group. */
const CUSTOM: Readonly<Record<string, readonly string[]>> = {
  'argoproj.io/Rollout': TEMPLATE,
  'keda.sh/ScaledJob': ['spec', 'jobTargetRef', 'template'],
  'apps.openshift.io/DeploymentConfig': TEMPLATE,
  'apps.kruise.io/CloneSet': TEMPLATE,
  'apps.kruise.io/StatefulSet': TEMPLATE,
  'apps.kruise.io/DaemonSet': TEMPLATE,
};
/** Groups of the kinds whose names custom resources use too: Knative has a Service, Istio a Gateway. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: [],
  CronJob: [],
  DaemonSet: [],
  Deployment: [],
  Gateway: ['gateway.networking.k8s.io'],
  HorizontalPodAutoscaler: [],
  HTTPRoute: ['gateway.networking.k8s.io'],
  Ingress: ['networking.k8s.io'],
  Job: [],
  Namespace: [],
  NetworkPolicy: ['networking.k8s.io'],
  PersistentVolumeClaim: [],
  Pod: [],
  PodDisruptionBudget: [],
  ReplicaSet: [],
  Role: ['rbac.authorization.k8s.io', 'authorization.openshift.io'],
  RoleBinding: ['rbac.authorization.k8s.io', 'authorization.openshift.io'],
  Secret: [],
  Service: [],
  ServiceAccount: [],
  StatefulSet: [],
};

/** Whether an object of a custom resource only shares the name of a built-in kind. Groups without a dot are Kubernetes' own. */
export function isNamesake(group: string, kind: string): boolean {
  const homes = HOMES[kind];
  return homes !== undefined && group.includes('.') && !homes.includes(group);
}

/** The places of an object that make pods. */
export function templatePlaces(group: string, kind: string, root: Cursor): readonly TemplatePlace[] {
  const path = CUSTOM[`${group}/${kind}`] ?? (isNamesake(group, kind) ? undefined : BUILT_IN[kind]);
  if (path !== undefined) {
    const template = root.along(path);
    return [{ labels: template.at('metadata', 'labels'), spec: template.at('spec'), embedded: false }];
  }
  if (!group.includes('.') || NO_WORKLOADS.test(group)) return [];
  return embeddedPlaces(root.at('spec'), NOTHING, 0);
}

/** Groups whose objects describe something else than what runs. */
const NO_WORKLOADS = /(?:^|\.)(?:apiextensions\.k8s\.io|kustomize\.config\.k8s\.io|admissionregistration\.k8s\.io)$/;
/** Fields whose content a tool reads in its own way, such as values of a chart. */
const OPAQUE: ReadonlySet<string> = new Set(['values', 'valuesObject', 'openAPIV3Schema', 'plugin', 'status']);
/** Deeper than any template of an operator. */
const DEEPEST = 14;

const NOTHING = new Cursor(undefined);

/** The templates at a place and below it, given the labels beside it. */
function embeddedPlaces(at: Cursor, labels: Cursor, depth: number): readonly TemplatePlace[] {
  if (depth > DEEPEST) return [];
  if (isContainerList(at.at('containers'))) return [{ labels, spec: at, embedded: true }];
  const beside = at.at('metadata', 'labels');
  const below = [
    ...at.entries
      .filter(([name]) => !OPAQUE.has(name))
      .flatMap(([name, child]) => embeddedPlaces(child, name === 'spec' ? beside : NOTHING, depth + 1)),
    ...at.items.flatMap((item) => embeddedPlaces(item, NOTHING, depth + 1)),
  ];
  if (!isEnvList(at.at('env'))) return below;
  return [{ labels: NOTHING, spec: NOTHING, single: at, embedded: true }, ...below];
}

function isContainerList(list: Cursor): boolean {
  return (
    list.items.length > 0 &&
    list.items.every((item) => item.at('name').text !== undefined || item.at('image').text !== undefined)
  );
}

function isEnvList(list: Cursor): boolean {
  return (
    list.items.length > 0 &&
    list.items.every(
      (item) =>
        item.at('name').text !== undefined &&
        (item.at('value').exists || item.at('valueFrom').exists || item.entries.length === 1) &&
        // another list of variables, such as that of Istio's WasmPlugin
        item.at('valueFrom').text === undefined,
    )
  );
}
