import { profileUpdated } from '#contracts';
import type { ProfileRow } from '../repository/profiles.ts';
import type { Service, Transaction } from '../service.ts';

/** Publishes a profile after it changed. */
export async function announceProfile(service: Service, trx: Transaction, row: ProfileRow): Promise<void> {
  await service.enqueue(trx, profileUpdated, {
    aggregate: row.user_id,
    data: {
      userId: row.user_id,
      version: row.version,
      handle: row.handle,
      displayName: row.display_name,
      bio: row.bio,
      updatedAt: new Date().toISOString(),
    },
  });
}
