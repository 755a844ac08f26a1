/** Faults between objects: the checks of the constructs zone, less what they can say only of an application of this library. */
import { Cursor, manifestFaults, manifestSet } from '#manifests';
import type { ManifestFault, ManifestObject, PlacedManifest } from '#manifests';
import type { Remark } from './finding.ts';
import { isPlaceholder } from './known-names.ts';
import { isRuleId, RULES, SET_RULES } from './rules.ts';

/** A remark and the object that it is about. */
export interface ObjectRemark extends Remark {
  /** Index of the object in the list that was given. */
  readonly object: number;
}

/** Every fault between the objects of one set. */
export function setRemarks(manifests: readonly PlacedManifest[]): readonly ObjectRemark[] {
  const { objects } = manifestSet(manifests);
  return manifestFaults(manifests, {}).flatMap((fault) => {
    const object = objects[fault.object];
    if (object === undefined || !isRuleId(fault.rule) || !SET_RULES.includes(fault.rule)) return [];
    if (!holdsEverywhere(fault, object)) return [];
    const container = containerNamed(object, fault.pointer);
    return [{ rule: fault.rule, container, message: fault.message, pointer: fault.pointer, object: fault.object }];
  });
}

/** Ids of the rules that judge from what is absent. */
export const ABSENCE_RULES = SET_RULES.filter((id) => RULES[id].applied === 'complete');

function holdsEverywhere({ rule, pointer }: ManifestFault, { root, group }: ManifestObject): boolean {
  const value = pointer
    .split('/')
    .slice(1)
    .reduce((at, key) => at.at(key.replaceAll('~1', '/').replaceAll('~0', '~')), root).value;
  if (typeof value === 'string' && isPlaceholder(value)) return false;
  switch (rule) {
    case 'probe-port':
    case 'service-target-port':
      // a number that no container lists may be open all the same: the list is for people
      return typeof value === 'string' && !/^\d+$/.test(value);
    case 'workload-selector':
      // a patch has neither
      return group === 'apps' && root.at('spec', 'selector').exists;
    case 'label-value':
      return typeof value !== 'object';
    default:
      return true;
  }
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
