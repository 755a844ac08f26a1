/** Names: unique, not too long, and made of what Kubernetes allows; cluster-scoped objects lie in no namespace. */
import { kindAndName } from '../manifest-set.ts';
import type { ManifestObject, PodTemplate } from '../manifest-set.ts';
import type { Cursor } from '../cursor.ts';
import { isClusterScoped } from '../resource-names.ts';
import { isUnrendered } from '../unrendered.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const PORT_NAME = /^(?=.*[a-z])[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const LABEL_LENGTH = 63;
const PORT_NAME_LENGTH = 15;
/** Longest name by kind; the controller appends a hash or a time to those below 63. */
const LONGEST: Readonly<Record<string, number>> = {
  Namespace: LABEL_LENGTH,
  Service: LABEL_LENGTH,
  Deployment: LABEL_LENGTH,
  DaemonSet: LABEL_LENGTH,
  Job: LABEL_LENGTH,
  StatefulSet: 52,
  CronJob: 52,
};
const LONGEST_OTHER = 253;
/** Kinds whose names are single DNS labels; all others may hold dots. */
const NAMED_BY_LABEL: ReadonlySet<string> = new Set(['Namespace', 'Service']);
/** Names of RBAC are path segments: `system:reader` is one. */
const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** Every fault of names in the set. */
export function nameFaults({ set }: CheckInput): readonly ManifestFault[] {
  const first = new Map<string, ManifestObject>();
  return [
    ...set.objects.flatMap((object) => [
      ...duplicateFault(object, first),
      ...objectNameFaults(object),
      ...scopeFault(object),
      ...secretDataFault(object),
      ...dataKeyFaults(object),
    ]),
    ...set.pods.flatMap(podNameFaults),
    ...set.pods.flatMap((pod) =>
      pod.containers.flatMap(({ name, at }) => twiceFaults(pod.object, `container ${name}`, at.at('ports'))),
    ),
    ...set.ofKind('Service').flatMap((service) => servicePortNames(service)),
  ];
}

/** `first` holds the objects before it by what makes them the same; this one is put into it. */
function duplicateFault(object: ManifestObject, first: Map<string, ManifestObject>): ManifestFault[] {
  const key = [object.kind, object.group, object.namespace, object.name].join('\n');
  const twin = first.get(key);
  if (twin === undefined) first.set(key, object);
  if (twin === undefined || object.name === '') return [];
  const message = `${kindAndName(object)} is defined here and at ${twin.path}, and the one applied later overwrites the other: rename one of them`;
  return [faultAt(object, object.root.at('metadata', 'name'), 'object-duplicate', message)];
}

function objectNameFaults(object: ManifestObject): ManifestFault[] {
  const at = object.root.at('metadata', 'name');
  if (object.name === '') {
    return [
      faultAt(
        object,
        at,
        'object-name',
        `a ${object.kind} has no name, but objects are applied by name: set metadata.name`,
      ),
    ];
  }
  const longest = LONGEST[object.kind] ?? LONGEST_OTHER;
  if (object.name.length > longest) {
    const message = `the name ${object.name} has ${object.name.length} characters, a ${object.kind} has at most ${longest}: shorten it`;
    return [faultAt(object, at, 'object-name-length', message)];
  }
  if (object.group === RBAC_GROUP) return [];
  const byLabel = NAMED_BY_LABEL.has(object.kind);
  if ((byLabel ? LABEL : SUBDOMAIN).test(object.name) && !(object.kind === 'Service' && /^\d/.test(object.name)))
    return [];
  const rule = byLabel
    ? 'lower-case letters, digits and dashes, a letter first'
    : 'lower-case letters, digits, dashes and dots';
  return [
    faultAt(
      object,
      at,
      'object-name',
      `${JSON.stringify(object.name)} is an invalid ${object.kind} name, allowed are ${rule}: rename it`,
    ),
  ];
}

function scopeFault(object: ManifestObject): ManifestFault[] {
  if (!isClusterScoped(object.group, object.kind)) return [];
  const at = object.root.at('metadata', 'namespace');
  if (!at.exists) return [];
  const message = `metadata.namespace is ${JSON.stringify(at.value)}, but a ${object.kind} is cluster-scoped: remove it`;
  return [faultAt(object, at, 'object-scope', message)];
}

function secretDataFault(object: ManifestObject): ManifestFault[] {
  if (object.kind !== 'Secret' || object.group !== '') return [];
  const held = ['data', 'stringData'].map((field) => object.root.at(field)).find((field) => field.entries.length > 0);
  if (held === undefined) return [];
  const keys = held.entries.map(([key]) => key).join(', ');
  const message = `the Secret contains values (${keys}), but manifests are committed: remove the object, reference it by name, and create it in the cluster`;
  return [faultAt(object, held, 'secret-data', message)];
}

/** Ports of a container or Service that share a name, by which others mean one of them. */
function twiceFaults(object: ManifestObject, owner: string, ports: Cursor): ManifestFault[] {
  const names = ports.items.map((port) => port.at('name'));
  return names.flatMap((at, index) => {
    if (at.text === undefined || !names.slice(0, index).some((other) => other.text === at.text)) return [];
    const message = `two ports of ${owner} are called ${at.text}, and the server refuses that: rename one`;
    return [faultAt(object, at, 'port-name-twice', message)];
  });
}

/** Ports of a Service that share number and protocol. */
function numberTwiceFaults(service: ManifestObject, ports: Cursor): ManifestFault[] {
  const keyOf = (port: Cursor): string => `${port.at('protocol').text ?? 'TCP'} ${String(port.at('port').value)}`;
  return ports.items.flatMap((port, index) => {
    const number = port.at('port');
    if (!number.exists || !ports.items.slice(0, index).some((other) => keyOf(other) === keyOf(port))) return [];
    const message = `two ports of the Service are ${keyOf(port)}, which the API server rejects: remove or change one`;
    return [faultAt(service, number, 'port-twice', message)];
  });
}

/** Names of ports that the server refuses; those of a Service may be longer than those of a container. */
function servicePortForms(service: ManifestObject, ports: Cursor): ManifestFault[] {
  return ports.items.flatMap((port) => {
    const [name, target] = [port.at('name'), port.at('targetPort')];
    const fault = (at: Cursor, most: number): ManifestFault => {
      const message = `${JSON.stringify(at.value)} is an invalid port name, allowed are at most ${most} lower-case letters, digits and dashes: rename it`;
      return faultAt(service, at, 'port-name', message);
    };
    const isName = (text: string, most: number): boolean => text.length <= most && LABEL.test(text);
    return [
      ...(name.text === undefined || name.text === '' || isUnrendered(name.text) || isName(name.text, LABEL_LENGTH)
        ? []
        : [fault(name, LABEL_LENGTH)]),
      ...(target.text === undefined || target.text.length <= PORT_NAME_LENGTH || isUnrendered(target.text)
        ? []
        : [fault(target, PORT_NAME_LENGTH)]),
    ];
  });
}

/** Keys of a ConfigMap or Secret, which become files and variables. */
function dataKeyFaults(object: ManifestObject): ManifestFault[] {
  if (object.group !== '' || (object.kind !== 'ConfigMap' && object.kind !== 'Secret')) return [];
  return ['data', 'binaryData', 'stringData'].flatMap((field) =>
    object.root.at(field).entries.flatMap(([key, at]) => {
      if (/^[-._a-zA-Z0-9]{1,253}$/.test(key) && !/^\.{1,2}$|^\.\./.test(key)) return [];
      if (isUnrendered(key)) return [];
      const message = `the key ${JSON.stringify(key)} is invalid, allowed are at most 253 letters, digits, dashes, dots and underscores: rename it`;
      return [faultAt(object, at, 'field-value', message)];
    }),
  );
}

function servicePortNames(service: ManifestObject): ManifestFault[] {
  const ports = service.root.at('spec', 'ports');
  const unnamed = ports.items.filter((port) => !port.at('name').exists);
  const twice = [
    ...servicePortForms(service, ports),
    ...twiceFaults(service, 'the Service', ports),
    ...numberTwiceFaults(service, ports),
  ];
  const [first] = unnamed;
  if (ports.items.length < 2 || first === undefined) return twice;
  const message = `it has ${ports.items.length} ports, but ${unnamed.length} without a name, which the API server rejects: name each port`;
  return [...twice, faultAt(service, first, 'port-name-twice', message)];
}

function podNameFaults(pod: PodTemplate): ManifestFault[] {
  const named = [
    ...pod.containers.map(({ at }) => ({ what: 'container', at: at.at('name') })),
    ...pod.spec.at('volumes').items.map((volume) => ({ what: 'volume', at: volume.at('name') })),
  ];
  const seen = new Set<string>();
  return [
    ...named.flatMap(({ what, at }) => {
      const name = at.text ?? '';
      if (!LABEL.test(name) || name.length > LABEL_LENGTH) {
        const message = at.exists
          ? `${JSON.stringify(at.value)} is an invalid ${what} name, allowed are at most 63 lower-case letters, digits and dashes: rename it`
          : `a ${what} of the pod has no name: name it`;
        return [faultAt(pod.object, at, 'pod-name', message)];
      }
      const isFirst = !seen.has(`${what} ${name}`);
      seen.add(`${what} ${name}`);
      if (isFirst) return [];
      return [
        faultAt(
          pod.object,
          at,
          'pod-name-twice',
          `two ${what}s are called ${name}, but names must be unique in a pod: rename one`,
        ),
      ];
    }),
    ...pod.containers.flatMap(({ at }) =>
      at.at('ports').items.flatMap((port) => {
        const name = port.at('name');
        if (
          !name.exists ||
          (name.text !== undefined && name.text.length <= PORT_NAME_LENGTH && PORT_NAME.test(name.text))
        )
          return [];
        const message = `${JSON.stringify(name.value)} is an invalid port name, allowed are at most 15 lower-case letters, digits and dashes: rename it`;
        return [faultAt(pod.object, name, 'port-name', message)];
      }),
    ),
  ];
}
