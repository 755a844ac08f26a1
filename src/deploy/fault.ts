import type { FailingStep } from './exit-codes.ts';

/** What stands against a deployment: which object, why, and what to type next. */
export interface DeployFault {
  /** `Kind/name`, or what else it is about. */
  readonly object: string;
  /** The cause as one word, for programs: `ImagePullBackOff`, `missing-right`. */
  readonly reason: string;
  readonly message: string;
  /** What was seen: conditions, events, lines of a log. */
  readonly evidence?: readonly Evidence[];
  /** The next command to type. */
  readonly next: string;
}

/** Something seen in the cluster, under a heading. */
export interface Evidence {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Ends a deployment at a step, with every fault that was seen. */
export class DeployFailure extends Error {
  override readonly name = 'DeployFailure';
  readonly step: FailingStep;
  readonly faults: readonly DeployFault[];

  constructor(step: FailingStep, faults: readonly DeployFault[]) {
    super(`${step}: ${faults.map(({ object, message }) => `${object}: ${message}`).join('; ')}`);
    this.step = step;
    this.faults = faults;
  }
}
