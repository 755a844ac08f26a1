import type { MachineRecord } from './machine.ts';
import type { AreaResult } from './result.ts';

/** Content of the JSON, one per area. */
export interface BenchReport extends AreaResult {
  readonly machine: MachineRecord;
}
