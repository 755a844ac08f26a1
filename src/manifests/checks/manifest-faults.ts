import { manifestSet } from '../manifest-set.ts';
import type { PlacedManifest } from '../manifest-set.ts';
import type { ListsByText } from '../required-secret-list.ts';
import type { Check, CheckOptions, ManifestFault } from './check.ts';
import type { CheckRule } from './check-rule.ts';
import { connectionFaults } from './connections.ts';
import { declaredConnectionFaults } from './declared-connections.ts';
import { edgeFaults } from './edge.ts';
import { envSourceFaults } from './env-sources.ts';
import { fieldFaults } from './fields.ts';
import { imageTagFaults } from './images.ts';
import { natsServerFaults } from './nats-server.ts';
import { environmentFaults } from './environment.ts';
import { nameFaults } from './names.ts';
import { networkPolicyFaults } from './network-policies.ts';
import { probeFaults, readinessFaults } from './probes.ts';
import { referenceFaults } from './references.ts';
import { memoryLimitFaults, resourceFaults } from './resources.ts';
import { restrictedPodFaults } from './restricted-pods.ts';
import { rolloutFaults } from './rollouts.ts';
import { scalingFaults } from './scaling.ts';
import { scheduleFaults } from './schedules.ts';
import { selectorFaults } from './selectors.ts';
import { serviceFaults } from './services.ts';
import { storageFaults } from './storage.ts';
import { volumeFaults } from './volumes.ts';

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
  edgeFaults,
  restrictedPodFaults,
  fieldFaults,
  selectorFaults,
  envSourceFaults,
  resourceFaults,
  scheduleFaults,
  storageFaults,
  natsServerFaults,
];
/** Checks that are a matter of policy: applied where they are asked for. */
const POLICIES: Readonly<Partial<Record<CheckRule, Check>>> = {
  'image-tag': imageTagFaults,
  'memory-limit': memoryLimitFaults,
  'readiness-probe': readinessFaults,
};

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
  const input = { set: manifestSet(manifests, options.defaultNamespace), options, lists };
  const policies = Object.entries(POLICIES).filter(([rule]) => options.enable?.includes(rule));
  return [...CHECKS, ...policies.map(([, check]) => check)]
    .flatMap((check) => check(input))
    .filter((fault) => !options.ignore?.includes(fault.rule))
    .sort((a, b) => a.object - b.object);
}
