import type { Fault } from '#env';
import type { Topology } from './topology.ts';

/** Everything that is wrong with a topology, all at once; empty when its streams, durables and permissions can be made. */
export function topologyFaults(_topology: Topology): Fault[] {
  return [];
}
