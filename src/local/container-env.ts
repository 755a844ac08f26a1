import { expandContainerEnv } from '#env';
import { QUANTITY_FACTORS } from '#manifests';
import { localizeAddresses, type LocalAddress } from './cluster-addresses.ts';
import type { Container, EnvEntry, KubeObject } from './manifests.ts';
import { configMapData, localizePaths, type LocalMount } from './pod-volumes.ts';
import type { ThrowAwaySecrets } from './throw-away-secrets.ts';
import type { Workload } from './workload.ts';

/** What stands around a container when its variables are made. */
export interface ContainerPlace {
  readonly workload: Workload;
  /** Name of the pod, such as `auth-0`. */
  readonly podName: string;
  readonly mounts: readonly LocalMount[];
  readonly addresses: readonly LocalAddress[];
  readonly objects: readonly KubeObject[];
  readonly secrets: ThrowAwaySecrets;
  /**
   * Values that replace those of the manifest before expansion, by name; a name that is not declared is not added. An
   * absolute path is one of this machine.
   */
  readonly replaced: Readonly<Record<string, string>>;
  /** Told of what the kubelet is silent about: a reference that was left unexpanded. @default - nobody */
  readonly onNotice?: (text: string) => void;
}

/** The variables of a container as the kubelet would make them, then with cluster addresses and mounted paths made local. */
export function localEnv(container: Container, place: ContainerPlace): Record<string, string> {
  const env = (container.env ?? []).map((entry) => replaceValue(entry, place.replaced));
  const { values, left } = expandContainerEnv({
    env,
    envFrom: envFromSources(container, place),
    resolve: (entry) => valueFrom(entry as EnvEntry, container, place),
  });
  for (const { variable, name } of left) {
    place.onNotice?.(
      `${place.workload.name} env ${variable}: $(${name}) references nothing defined before it and is not expanded`,
    );
  }
  const local = localizeAddresses(values, place.addresses, place.workload.namespace);
  return { ...localizePaths(local, place.mounts), ...pathsOfThisMachine(local, place.replaced) };
}

/** What was replaced by an absolute path: it names a file of this machine, not one of the container. */
function pathsOfThisMachine(
  values: Readonly<Record<string, string>>,
  replaced: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => replaced[name]?.startsWith('/')));
}

function replaceValue(entry: EnvEntry, replaced: Readonly<Record<string, string>>): EnvEntry {
  const value = replaced[entry.name];
  return value === undefined ? entry : { name: entry.name, value };
}

function envFromSources(container: Container, { objects, secrets }: ContainerPlace): Record<string, string>[] {
  return (container.envFrom ?? []).map(({ prefix = '', configMapRef, secretRef }) => {
    const entries =
      configMapRef === undefined
        ? secrets.entries(secretRef?.name ?? '')
        : Object.entries(configMapData(objects, configMapRef.name));
    return Object.fromEntries(entries.map(([key, value]) => [prefix + key, value]));
  });
}

/** The value of a reference; undefined leaves the variable undefined, as a missing optional key does. */
function valueFrom(entry: EnvEntry, container: Container, place: ContainerPlace): string | undefined {
  const { secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef } = entry.valueFrom ?? {};
  if (secretKeyRef !== undefined) return place.secrets.get(secretKeyRef.name, secretKeyRef.key);
  if (fieldRef !== undefined) return fieldValue(fieldRef.fieldPath, place);
  if (resourceFieldRef !== undefined) return resourceValue(resourceFieldRef, container, place.workload);
  if (configMapKeyRef === undefined) return undefined;
  const value = configMapData(place.objects, configMapKeyRef.name)[configMapKeyRef.key];
  if (value === undefined && configMapKeyRef.optional !== true) {
    const where = `${place.workload.name} env ${entry.name}`;
    throw new Error(
      `${where}: ConfigMap ${configMapKeyRef.name} has no key ${configMapKeyRef.key}: add it or mark the reference optional`,
    );
  }
  return value;
}

function fieldValue(fieldPath: string, { workload, podName }: ContainerPlace): string {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(fieldPath);
  if (keyed !== null) return workload[keyed[1] as 'labels' | 'annotations'][keyed[2] ?? ''] ?? '';
  const values: Readonly<Record<string, string>> = {
    'metadata.name': podName,
    'metadata.namespace': workload.namespace,
    'metadata.uid': `local-${podName}`,
    'spec.nodeName': 'local',
    'spec.serviceAccountName': workload.serviceAccountName,
    'status.hostIP': '127.0.0.1',
    'status.podIP': '127.0.0.1',
    'status.podIPs': '127.0.0.1',
  };
  const value = values[fieldPath];
  if (value === undefined) throw new Error(`${workload.name}: the field ${fieldPath} has no local value`);
  return value;
}

type ResourceField = NonNullable<NonNullable<EnvEntry['valueFrom']>['resourceFieldRef']>;

/** A limit or request in units of its divisor, rounded up as the kubelet does. */
function resourceValue(field: ResourceField, container: Container, workload: Workload): string {
  const owner = workload.containers.find(({ name }) => name === field.containerName) ?? container;
  const [group, name] = field.resource.split('.') as ['limits' | 'requests', string];
  const quantity = owner.resources?.[group]?.[name] ?? owner.resources?.limits?.[name];
  if (quantity === undefined) throw new Error(`${workload.name}: ${field.resource} is referenced but not set`);
  return String(Math.ceil(plainNumber(quantity) / plainNumber(field.divisor ?? '1')));
}

/** A Kubernetes quantity such as `512Mi` or `100m` as a number. */
export function plainNumber(quantity: string | number): number {
  const [, figure = '', suffix = ''] = /^([0-9.eE+-]+?)([a-zA-Z]*)$/.exec(String(quantity)) ?? [];
  return Number(figure) * (QUANTITY_FACTORS[suffix] ?? 1);
}
