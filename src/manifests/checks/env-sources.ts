/** Where variables come from: each source names one object, and a field that exists. */
import { nearestName } from '#nearest-name';
import type { Cursor } from '../cursor.ts';
import type { PodContainer, PodTemplate } from '../manifest-set.ts';
import { isUnrendered } from '../unrendered.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every source of `env` and `envFrom` that the server refuses. */
export function envSourceFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods
    .flatMap((pod) =>
      pod.containers.flatMap((container) => [
        ...container.at.at('envFrom').items.flatMap((entry, index) => wholeSourceFaults(pod, container, entry, index)),
        ...container.at
          .at('env')
          .items.flatMap((entry) => [
            ...singleSourceFaults(pod, container, entry),
            ...fieldFaults(pod, `${entry.at('name').text ?? ''} of container ${container.name}`, entry.at('valueFrom')),
          ]),
      ]),
    )
    .concat(set.pods.flatMap(volumeFieldFaults));
}

const WHOLE = ['configMapRef', 'secretRef'] as const;

function wholeSourceFaults(pod: PodTemplate, container: PodContainer, entry: Cursor, index: number): ManifestFault[] {
  if (entry.text !== undefined) return [];
  const place = `envFrom[${index}] of container ${container.name}`;
  const fault = (message: string): ManifestFault[] => [
    faultAt(pod.object, entry, 'env-from-source', `${place} ${message}`),
  ];
  const named = entry.entries.map(([key]) => key);
  if (named.some((key) => /[{<$[]/.test(key)) || WHOLE.some((kind) => entry.at(kind).text !== undefined)) return [];
  const sources = WHOLE.filter((kind) => entry.at(kind).exists);
  if (sources.length === 0) {
    const empty = WHOLE.find((kind) => named.includes(kind));
    return empty !== undefined && named.includes('name')
      ? fault(
          `has name beside ${empty} instead of below it, so it has no source and the API server rejects it: indent name below ${empty}`,
        )
      : fault(
          'has neither a ConfigMap nor a Secret, so the API server rejects it: set configMapRef or secretRef, with name below it',
        );
  }
  if (sources.length > 1) return fault('has both configMapRef and secretRef, must have one: write two entries');
  const [source] = sources;
  if (source === undefined || entry.at(source, 'name').exists) return [];
  return fault(`has ${source} without a name, so it defines nothing: set the name`);
}

const SINGLE = ['configMapKeyRef', 'fieldRef', 'fileKeyRef', 'resourceFieldRef', 'secretKeyRef'] as const;

/** A variable has exactly one source; another rule reports an unknown one. */
function singleSourceFaults(pod: PodTemplate, container: PodContainer, entry: Cursor): ManifestFault[] {
  const at = entry.at('valueFrom');
  if (!at.exists || at.text !== undefined) return [];
  const sources = SINGLE.filter((kind) => at.at(kind).exists);
  if (sources.length === 1 || (sources.length === 0 && at.entries.some(([key]) => !isSource(key)))) return [];
  const has = sources.length === 0 ? 'no source' : sources.join(' and ');
  const message = `valueFrom of ${entry.at('name').text ?? ''} of container ${container.name} has ${has}, must have exactly one: set one of ${SINGLE.join(', ')}`;
  return [faultAt(pod.object, at, 'env-from-source', message)];
}

function isSource(key: string): boolean {
  return SINGLE.some((kind) => kind === key);
}

/** Fields that the downward API has for variables. */
const FIELDS: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** Those that it has for files. */
const FILE_FIELDS: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
const KEYED = /^metadata\.(?:labels|annotations)\['[^']+'\]$/;
const RESOURCES: readonly string[] = ['requests', 'limits'].flatMap((list) =>
  ['cpu', 'memory', 'ephemeral-storage'].map((resource) => `${list}.${resource}`),
);

/** Items of a volume of the downward API, alone or projected. */
function volumeFieldFaults(pod: PodTemplate): ManifestFault[] {
  return pod.spec.at('volumes').items.flatMap((volume) => {
    const sources = [volume, ...volume.at('projected', 'sources').items];
    const items = sources.flatMap((source) => source.at('downwardAPI', 'items').items);
    return items.flatMap((item) =>
      fieldFaults(
        pod,
        `the file ${item.at('path').text ?? ''} of volume ${volume.at('name').text ?? ''}`,
        item,
        FILE_FIELDS,
      ),
    );
  });
}

function fieldFaults(pod: PodTemplate, reader: string, source: Cursor, fields = FIELDS): ManifestFault[] {
  const field = source.at('fieldRef', 'fieldPath');
  const resource = source.at('resourceFieldRef', 'resource');
  const isKnown = (name: string): boolean => fields.includes(name) || KEYED.test(name);
  const isResource = (name: string): boolean =>
    RESOURCES.includes(name) || /^(?:requests|limits)\.hugepages-/.test(name);
  return [
    ...downwardFault(pod, reader, field, 'field', fields, isKnown),
    ...downwardFault(pod, reader, resource, 'resource', RESOURCES, isResource),
  ];
}

function downwardFault(
  pod: PodTemplate,
  reader: string,
  at: Cursor,
  what: string,
  known: readonly string[],
  isKnown: (name: string) => boolean,
): ManifestFault[] {
  const { text } = at;
  if (text === undefined || isUnrendered(text) || isKnown(text)) return [];
  const [, map, key] = /^metadata\.(labels|annotations)\.(.+)$/.exec(text) ?? [];
  const near = map === undefined ? nearestName(text, known) : `metadata.${map}['${key ?? ''}']`;
  const hint = near === undefined ? `use one of ${known.join(', ')}` : `did you mean ${near}`;
  const message = `${reader} reads the ${what} ${text}, which the downward API does not have: ${hint}`;
  return [faultAt(pod.object, at, 'field-ref', message)];
}
