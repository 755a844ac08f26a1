import type { ConsumerPolicy } from '#declare';

/** How the worker takes jobs: it says `working()` every 15 s, so the time to acknowledge may be short. */
export const JOB_POLICY: ConsumerPolicy = {
  ackWaitSeconds: 60,
  maxDeliver: 5,
  nakDelaysSeconds: [10, 60, 300, 900],
  maxAckPending: 16,
};
