import type { Transaction } from '../service.ts';
import type { GoneTable } from '../tables.ts';

/** Remembers that a video or an account is gone. */
export async function markGone(trx: Transaction, kind: GoneTable['kind'], id: string): Promise<void> {
  await trx
    .insertInto('gone')
    .values({ kind, id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Whether a video or its owner is gone. */
export async function isGone(trx: Transaction, videoId: string, ownerId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('gone')
    .select('id')
    .where(({ or, and, eb }) =>
      or([
        and([eb('kind', '=', 'video'), eb('id', '=', videoId)]),
        and([eb('kind', '=', 'account'), eb('id', '=', ownerId)]),
      ]),
    )
    .executeTakeFirst();
  return row !== undefined;
}
