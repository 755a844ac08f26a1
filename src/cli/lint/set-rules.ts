/** Faults between objects: the checks of the manifests zone, except what holds only for an app of this library. */
import { Cursor, setFaults } from '#manifests';
import type { ManifestFault, ManifestObject, ManifestSet } from '#manifests';
import type { Remark } from './finding.ts';
import { isPlaceholder } from './known-names.ts';
import { isSetRule, RULES, SET_RULES, type RuleId, type SetRule } from './rules.ts';

/** A remark and the object that it is about. */
export interface ObjectRemark extends Remark {
  /** Index of the object in the list that was given. */
  readonly object: number;
}

/** How a set is judged. */
export interface SetRemarksOptions {
  /** Rules that are a matter of policy and asked for. */
  readonly enable: readonly RuleId[];
  /** Whether the objects are inputs of kustomize, which may still change and complete them. */
  readonly unfinished: boolean;
}

/** Rules that a patch cannot make right: what they judge is wrong wherever it is. */
const BY_ITSELF: ReadonlySet<SetRule> = new Set([
  'cron-schedule',
  'edge-old-field',
  'env-from-source',
  'field-type',
  'field-unknown',
  'field-value',
  'image-reference',
  'label-key',
  'network-policy-cidr',
  'quantity',
  'selector-form',
]);

/** Every fault between the objects of one set. */
export function setRemarks(set: ManifestSet, { enable, unfinished }: SetRemarksOptions): readonly ObjectRemark[] {
  return setFaults(set, { enable }).flatMap((fault) => {
    const object = set.objects[fault.object];
    if (object === undefined || !isSetRule(fault.rule)) return [];
    const { rule } = fault;
    if (unfinished && !BY_ITSELF.has(rule)) return [];
    if (rule !== 'object-name' && isToBeNamed(object)) return [];
    if (!holdsEverywhere(fault, object, set)) return [];
    const container = containerNamed(object, fault.pointer);
    return [{ rule, container, message: fault.message, pointer: fault.pointer, object: fault.object }];
  });
}

/** Ids of the rules that judge from what is absent. */
export const ABSENCE_RULES = SET_RULES.filter((id) => RULES[id].applied === 'complete');

/** Groups whose objects are files of a tool, which no API server reads. */
const FILES_OF_TOOLS = /^(?:kops\.k8s\.io|projectcalico\.org|(?:.+\.)?config\.k8s\.io)$/;

/** Whether something still puts in the name or the namespace of an object, and then perhaps more. */
function isToBeNamed({ root }: ManifestObject): boolean {
  return ['name', 'namespace'].some((field) => /[\s$<>{}*]|^__/.test(root.at('metadata', field).text ?? ''));
}

function holdsEverywhere(
  { rule, pointer }: ManifestFault,
  { root, group, ...object }: ManifestObject,
  set: ManifestSet,
) {
  const at = (path: string): Cursor =>
    path
      .split('/')
      .slice(1)
      .reduce((cursor, key) => cursor.at(key.replaceAll('~1', '/').replaceAll('~0', '~')), root);
  const { value } = at(pointer);
  // a word in capitals is a wrong one of a few, such as HTTP for a protocol
  const isWord = rule === 'field-value' && /^[A-Z]+$/.test(at(pointer).text ?? '');
  if (!isWord && isPutIn(pointer.split('/').at(-1) ?? '', at(pointer))) return false;
  switch (rule) {
    case 'probe-port':
    case 'service-target-port':
      // a number that no container lists may be open all the same: the list is for people
      return typeof value === 'string' && !/^\d+$/.test(value);
    case 'workload-selector':
      // a patch has neither
      return group === 'apps' && root.at('spec', 'selector').exists;
    case 'workload-selector-shared':
      // one of the two that is being taken down selects nothing
      return root.at('spec', 'replicas').value !== 0;
    case 'label-key':
      return !FILES_OF_TOOLS.test(group);
    case 'label-value':
      return typeof value !== 'object' && !FILES_OF_TOOLS.test(group);
    case 'field-type':
      // a rule of the environment says it
      if (/\/env\/\d+\/value$/.test(pointer)) return false;
      return !FILES_OF_TOOLS.test(group);
    case 'field-unknown':
    case 'field-value':
    case 'selector-form':
      return !FILES_OF_TOOLS.test(group);
    case 'edge-port':
      // a name of a host outside has every port
      return !isExternal(set, object.namespace, backendName(at(pointer)));
    default:
      return true;
  }
}

/** Whether a tool still puts in what stands at a place: a placeholder as its value, as its field, or as all that it holds. */
function isPutIn(field: string, { text, entries }: Cursor): boolean {
  if (text !== undefined) return isPlaceholder(text === '' ? field : text);
  return entries.length > 0 && entries.every(([key, value]) => value.text === '' && isPlaceholder(key));
}

/** Name of the Service that a backend of an Ingress or HTTPRoute leads to. */
function backendName(backend: Cursor): string {
  return backend.at('service', 'name').text ?? backend.at('name').text ?? '';
}

function isExternal(set: ManifestSet, namespace: string, name: string): boolean {
  return set.find('Service', namespace, name)?.root.at('spec', 'type').text === 'ExternalName';
}

function containerNamed({ root }: ManifestObject, pointer: string): string | undefined {
  const [, path] = /^(.*\/(?:initContainers|containers|ephemeralContainers)\/\d+)(?:\/|$)/.exec(pointer) ?? [];
  if (path === undefined) return undefined;
  return path
    .split('/')
    .slice(1)
    .reduce<Cursor>((at, key) => at.at(key), root)
    .at('name').text;
}
