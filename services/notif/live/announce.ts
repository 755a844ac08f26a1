import { notify } from '#contracts';
import type { Announcement, Service } from '../service.ts';

/** Tells every replica of changes of mailboxes; called after their commit. */
export type Announce = (announcements: readonly Announcement[]) => void;

/**
 * Announces by core messages. One that is lost (the process dies before, NATS is away) is made up for: every replica looks
 * after its streams' mailboxes in the table now and then.
 */
export function announcer(service: Service): Announce {
  return (announcements) => {
    for (const data of announcements) {
      service.publishCore(notify, { aggregate: data.userId, values: { user: data.userId }, data });
    }
  };
}
