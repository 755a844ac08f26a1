/** Custom resources that make pods: some by a template of their own, others by what the documented rule finds in them. */
import { describe, expect, it } from 'vitest';
import { rulesBroken } from './linting.ts';

const LATE = 'env: [{name: A, value: $(B)}, {name: B, value: b}]';
const POD = `containers: [{name: c, image: 'x:1', ${LATE}}]`;
const TEMPLATE = `template: {metadata: {labels: {app: a}}, spec: {${POD}}}`;
const resource = (apiVersion: string, kind: string, spec: string): string =>
  `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: a}, spec: {${spec}}}`;

describe('lint reads the environment of', () => {
  it.each([
    ['an Argo Rollout', resource('argoproj.io/v1alpha1', 'Rollout', TEMPLATE)],
    ['a Knative Service', resource('serving.knative.dev/v1', 'Service', TEMPLATE)],
    ['a KEDA ScaledJob', resource('keda.sh/v1alpha1', 'ScaledJob', `jobTargetRef: {${TEMPLATE}}`)],
    ['a DeploymentConfig', resource('apps.openshift.io/v1', 'DeploymentConfig', TEMPLATE)],
    ['a CloneSet', resource('apps.kruise.io/v1alpha1', 'CloneSet', TEMPLATE)],
    ['a RayCluster', resource('ray.io/v1', 'RayCluster', `headGroupSpec: {${TEMPLATE}}`)],
    ['a PyTorchJob', resource('kubeflow.org/v1', 'PyTorchJob', `pytorchReplicaSpecs: {Worker: {${TEMPLATE}}}`)],
    ['a KafkaConnect', resource('kafka.strimzi.io/v1beta2', 'KafkaConnect', `template: {connectContainer: {${LATE}}}`)],
    ['a Cluster of CloudNativePG', resource('postgresql.cnpg.io/v1', 'Cluster', `imageName: x, ${LATE}`)],
    ['a PodTemplate', `{apiVersion: v1, kind: PodTemplate, metadata: {name: a}, ${TEMPLATE}}`],
    [
      'a typed list',
      `{apiVersion: apps/v1, kind: DeploymentList, items: [{metadata: {name: a}, spec: {selector: {matchLabels: {app: a}}, ${TEMPLATE}}}]}`,
    ],
  ])('%s', async (_, text) => {
    expect(await rulesBroken(text)).toEqual(['env-late']);
  });

  it.each([
    [
      'a list of variables that is not that of a container',
      resource(
        'extensions.istio.io/v1alpha1',
        'WasmPlugin',
        'vmConfig: {env: [{name: A, valueFrom: INLINE, value: $(B)}, {name: B, value: b}]}',
      ),
    ],
    ['values of a chart', resource('helm.toolkit.fluxcd.io/v2', 'HelmRelease', `values: {${LATE}}`)],
    [
      'a schema',
      `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a.b.c}, spec: {versions: [{schema: {openAPIV3Schema: {default: {${POD}}}}}]}}`,
    ],
  ])('but not %s', async (_, text) => {
    expect(await rulesBroken(text)).toEqual([]);
  });

  it('what a controller completes, without judging what it may add', async () => {
    const text = resource(
      'example.dev/v1',
      'Widget',
      'template: {spec: {containers: [{name: c, env: [{name: A, value: $(ADDED)}], volumeMounts: [{name: v, mountPath: /v}]}]}}',
    );
    expect(await rulesBroken(text)).toEqual([]);
  });
});

describe('a complete set', () => {
  const around = `
---
{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {selector: {app: a}, ports: [{port: 80, targetPort: 80}]}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: a}, spec: {maxUnavailable: 1, selector: {matchLabels: {app: a}}}}
---
`;
  const scaler = (apiVersion: string, kind: string): string =>
    `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {minReplicas: 2, maxReplicas: 5, scaleTargetRef: {apiVersion: ${apiVersion}, kind: ${kind}, name: a}}}`;
  const pods =
    "replicas: 2, selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: 'x:1', ports: [{containerPort: 80}]}]}}";

  it.each([
    ['argoproj.io/v1alpha1', 'Rollout'],
    ['apps.kruise.io/v1alpha1', 'CloneSet'],
    ['example.dev/v1', 'Fleet'],
  ])('knows the pods of %s %s, and it as a target', async (apiVersion, kind) => {
    const text = resource(apiVersion, kind, pods) + around + scaler(apiVersion, kind);
    expect(await rulesBroken(text, '--complete')).toEqual([]);
  });

  it('takes a Knative Service for no Service of the core', async () => {
    expect(
      await rulesBroken(
        resource('serving.knative.dev/v1', 'Service', 'template: {spec: {containers: [{image: x}]}}'),
        '--complete',
      ),
    ).toEqual([]);
  });
});
