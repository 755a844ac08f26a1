/** Exit codes of `npm run deploy`, one for each class of failure; docs/deploy.md lists them. */
export const EXIT = {
  /** Everything is deployed and checked, or the dry run found nothing against it. */ done: 0,
  /** A fault of the command itself. */ broken: 1,
  /** Called in a wrong way, or dist cannot be read. */ usage: 2,
  /** Found before anything was changed. */ preflight: 3,
  /** The server refused an object, others may have been applied. */ apply: 4,
  /** A workload did not become ready. */ wait: 5,
  /** All is ready, but not what was deployed. */ checks: 6,
  /** An object that dist no longer has could not be deleted. */ prune: 7,
  /** Stopped by a signal. */ stopped: 130,
} as const;

/** Steps that can fail, in the order in which they run. */
export type FailingStep = 'preflight' | 'apply' | 'wait' | 'checks' | 'prune';
