import { isMap, listOf, required, valueShape, assertProps } from '#prop-shapes';
import { manifestSet } from '../manifest-set.ts';
import type { ManifestSet, PlacedManifest } from '../manifest-set.ts';
import type { ListsByText } from '../required-secret-list.ts';
import type { Check, CheckInput, CheckOptions, ManifestFault } from './check.ts';
import type { CheckRule } from './check-rule.ts';
import { connectionFaults } from './connections.ts';
import { declaredConnectionFaults } from './declared-connections.ts';
import { databaseFaults } from './databases.ts';
import { edgeFaults } from './edge.ts';
import { edgeLimitFaults } from './edge-limits.ts';
import { envSourceFaults } from './env-sources.ts';
import { fieldFaults } from './fields.ts';
import { handlerFaults } from './handlers.ts';
import { identityFaults } from './identities.ts';
import { imageReferenceFaults, imageTagFaults } from './images.ts';
import { labelFaults } from './labels.ts';
import { natsClientFaults } from './nats-clients.ts';
import { natsServerFaults } from './nats-server.ts';
import { environmentFaults } from './environment.ts';
import { microserviceFaults } from './microservices.ts';
import { nameFaults } from './names.ts';
import { networkPolicyFaults } from './network-policies.ts';
import { nodeRoomFaults } from './node-room.ts';
import { podCountFaults } from './pod-counts.ts';
import { probeFaults, readinessFaults } from './probes.ts';
import { referenceFaults } from './references.ts';
import { memoryLimitFaults, resourceFaults } from './resources.ts';
import { restrictedPodFaults } from './restricted-pods.ts';
import { rolloutFaults } from './rollouts.ts';
import { scalingFaults } from './scaling.ts';
import { scheduleFaults } from './schedules.ts';
import { schedulingFaults } from './scheduling.ts';
import { selectorFaults } from './selectors.ts';
import { serviceFaults } from './services.ts';
import { isSilenced } from './silence.ts';
import { storageFaults } from './storage.ts';
import { temporaryFolderFaults, volumeFaults } from './volumes.ts';

const CHECKS: readonly Check[] = [
  nameFaults,
  serviceFaults,
  probeFaults,
  scalingFaults,
  referenceFaults,
  volumeFaults,
  rolloutFaults,
  environmentFaults,
  connectionFaults,
  declaredConnectionFaults,
  networkPolicyFaults,
  identityFaults,
  edgeFaults,
  edgeLimitFaults,
  restrictedPodFaults,
  fieldFaults,
  selectorFaults,
  envSourceFaults,
  resourceFaults,
  scheduleFaults,
  schedulingFaults,
  handlerFaults,
  podCountFaults,
  storageFaults,
  natsServerFaults,
  natsClientFaults,
  databaseFaults,
  imageReferenceFaults,
  labelFaults,
  microserviceFaults,
  nodeRoomFaults,
];
/** Checks of one object by itself, whatever else there is: what the API server refuses of it. */
const OF_ONE_OBJECT: readonly Check[] = [
  nameFaults,
  fieldFaults,
  labelFaults,
  schedulingFaults,
  handlerFaults,
  podCountFaults,
  resourceFaults,
  scheduleFaults,
];
/** Checks that are a matter of policy: applied where they are asked for. */
const POLICIES: Readonly<Partial<Record<CheckRule, Check>>> = {
  'image-tag': imageTagFaults,
  'memory-limit': memoryLimitFaults,
  'readiness-probe': readinessFaults,
  'temporary-folder': temporaryFolderFaults,
};
/** Ids of the rules that are a matter of policy. */
export const POLICY_RULES: readonly string[] = Object.keys(POLICIES);

/** Objects without their places would be none to the checks, and so have no faults. */
const PLACED = required(
  listOf(
    valueShape({
      words: 'an object with path and manifest',
      holds: (value) => isMap(value) && 'manifest' in value,
      wayOut: () => 'write { path: manifest.metadata.name, manifest }',
    }),
    'a list of objects with path and manifest',
    'write [{ path, manifest }]',
  ),
);

/** What the API server refuses of objects, each judged by itself. */
export function refusalFaults(manifests: readonly PlacedManifest[]): readonly ManifestFault[] {
  const input = { set: manifestSet(manifests), options: {}, lists: new Map() };
  return OF_ONE_OBJECT.flatMap((check) => check(input));
}

/**
 * What is wrong with rendered objects and between them, all at once: in the order of the objects, then of the checks.
 * Pure, and indulgent: objects of any shape can be given, as they are read from YAML. `lists` saves parsing the lists of
 * required Secrets in them.
 */
export function manifestFaults(
  manifests: readonly PlacedManifest[],
  options: CheckOptions = {},
  lists: ListsByText = new Map(),
): readonly ManifestFault[] {
  assertProps({ manifests }, { manifests: PLACED }, 'manifestFaults', 'manifestFaults');
  return faultsOf({ set: manifestSet(manifests, options.defaultNamespace), options, lists }, CHECKS);
}

/** As {@link manifestFaults}, of a set that is there already, without the faults of its environments. */
export function setFaults(set: ManifestSet, options: CheckOptions): readonly ManifestFault[] {
  const checks = CHECKS.filter((check) => check !== environmentFaults);
  return faultsOf({ set, options, lists: new Map() }, checks);
}

function faultsOf(input: CheckInput, checks: readonly Check[]): readonly ManifestFault[] {
  const { options } = input;
  const policies = Object.entries(POLICIES).filter(([rule]) => options.enable?.includes(rule));
  const faults = [...checks, ...policies.map(([, check]) => check)].flatMap((check) => check(input));
  return withoutRepeated(faults)
    .filter((fault) => !options.ignore?.includes(fault.rule))
    .filter(({ object: index, rule }) => {
      const object = input.set.objects[index];
      return object === undefined || !isSilenced(object, rule);
    })
    .sort((a, b) => a.object - b.object);
}

/** Labels in the place of a selector are unknown fields too: said once, by the rule that knows why. */
function withoutRepeated(faults: readonly ManifestFault[]): readonly ManifestFault[] {
  const selectors = new Set(
    faults.flatMap(({ rule, object, pointer }) => (rule === 'selector-form' ? [`${object} ${pointer}`] : [])),
  );
  if (selectors.size === 0) return faults;
  return faults.filter(
    ({ rule, object, pointer }) =>
      rule !== 'field-unknown' || !selectors.has(`${object} ${pointer.slice(0, pointer.lastIndexOf('/'))}`),
  );
}
