import type { Health } from '../http/health.ts';
import type { Relay } from './relay.ts';

/** Every statement of the relay has a bound below this: without a success for so long, the outbox is not read. */
const LONG_MS = 10_000;

/**
 * Shows the relay in `/readyz`: when it last read the outbox, which no other connection tells. All replicas share the outbox,
 * so one that cannot be read takes none of them out; a relay that hangs or has died is this replica's own fault, and does.
 */
export function watchRelay(relay: Relay, health: Health): void {
  const startedAt = Date.now();
  health.watch({ name: 'relay', stepMs: () => relay.stepMs });
  health.add({
    name: 'outbox',
    required: false,
    check: () => {
      const at = relay.lastSuccess?.getTime();
      const lastSuccess = { relay: relay.lastSuccess?.toISOString() ?? null };
      if (Date.now() - (at ?? startedAt) <= LONG_MS) return { up: true, lastSuccess };
      return { up: false, detail: `not read for ${LONG_MS / 1000} s`, lastSuccess };
    },
  });
}
