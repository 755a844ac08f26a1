import type { MachineRecord } from './machine.ts';
import type { AreaResult } from './result.ts';

/** What stands in the JSON, one an area. */
export interface BenchReport extends AreaResult {
  readonly machine: MachineRecord;
}
