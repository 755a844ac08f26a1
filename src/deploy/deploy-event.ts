/** What a deployment tells while it runs: the lines of `--json`, and what the text is made from. */
import type { FailingStep } from './exit-codes.ts';
import type { DeployFault } from './fault.ts';

/** A step of the run. */
export type Step = FailingStep | 'leftovers' | 'undo';

/** What the apply of an object did, or would do. */
export type Change = 'created' | 'changed' | 'unchanged';

/** One thing that is told. */
export type DeployEvent =
  | { readonly event: 'step'; readonly step: Step; readonly text: string }
  | { readonly event: 'note'; readonly step: Step; readonly text: string }
  | { readonly event: 'warning'; readonly step: Step; readonly object: string; readonly text: string }
  | { readonly event: 'object'; readonly step: Step; readonly object: string; readonly change: Change }
  | {
      readonly event: 'progress';
      readonly step: Step;
      readonly object: string;
      readonly text: string;
      readonly done: boolean;
    }
  | {
      readonly event: 'leftover';
      readonly step: Step;
      readonly object: string;
      readonly outcome: 'found' | 'kept' | 'deleted';
    }
  | ({ readonly event: 'fault'; readonly step: Step } & DeployFault)
  | { readonly event: 'end'; readonly exitCode: number; readonly text: string };

/** Takes what is told. */
export type Tell = (event: DeployEvent) => void;
