import type { Fault } from '#env';
import { consumerFaults } from './consumer-faults.ts';
import { messageFaults } from './message-faults.ts';
import { requestFaults } from './request-faults.ts';
import { serviceFaults } from './service-faults.ts';
import { purgeFaults, streamFaults } from './stream-faults.ts';
import type { Topology } from './topology.ts';

/** All faults of a topology; empty if its streams, durables and permissions can be created. */
export function topologyFaults(topology: Topology): Fault[] {
  return [
    ...serviceFaults(topology),
    ...streamFaults(topology.streams),
    ...purgeFaults(topology),
    ...messageFaults(topology),
    ...requestFaults(topology),
    ...consumerFaults(topology),
  ];
}
