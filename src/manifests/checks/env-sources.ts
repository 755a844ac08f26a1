/** Where variables come from: each source names one object, and a field that exists. */
import { nearestName } from '#nearest-name';
import type { Cursor } from '../cursor.ts';
import type { PodContainer, PodTemplate } from '../manifest-set.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every source of `env` and `envFrom` that the server refuses. */
export function envSourceFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) =>
    pod.containers.flatMap((container) => [
      ...container.at.at('envFrom').items.flatMap((entry, index) => wholeSourceFaults(pod, container, entry, index)),
      ...container.at.at('env').items.flatMap((entry) => fieldFaults(pod, container, entry)),
    ]),
  );
}

const WHOLE = ['configMapRef', 'secretRef'] as const;

function wholeSourceFaults(pod: PodTemplate, container: PodContainer, entry: Cursor, index: number): ManifestFault[] {
  const place = `envFrom[${index}] of container ${container.name}`;
  const fault = (message: string): ManifestFault[] => [
    faultAt(pod.object, entry, 'env-from-source', `${place} ${message}`),
  ];
  const named = entry.entries.map(([key]) => key);
  if (named.some((key) => /[{<$[]/.test(key))) return [];
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
const KEYED = /^metadata\.(?:labels|annotations)\['[^']+'\]$/;

function fieldFaults(pod: PodTemplate, container: PodContainer, entry: Cursor): ManifestFault[] {
  const at = entry.at('valueFrom', 'fieldRef', 'fieldPath');
  if (at.text === undefined || FIELDS.includes(at.text) || KEYED.test(at.text) || /[{<$]/.test(at.text)) return [];
  const near = nearestName(at.text, FIELDS);
  const hint = near === undefined ? `use one of ${FIELDS.join(', ')}` : `did you mean ${near}`;
  const message = `${entry.at('name').text ?? ''} of container ${container.name} reads the field ${at.text}, which the downward API does not have: ${hint}`;
  return [faultAt(pod.object, at, 'field-ref', message)];
}
