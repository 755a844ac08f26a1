import type { NotificationKind, NotificationSettings } from '#contracts';
import type { Selectable } from 'kysely';
import type { Database, Transaction } from '../service.ts';
import type { PreferenceTable } from '../tables.ts';

type PreferenceRow = Omit<Selectable<PreferenceTable>, 'user_id'>;

/** What everybody wants who has not chosen. */
const EVERYTHING: PreferenceRow = { video_published: true, video_commented: true, video_liked: true, followed: true };

/** What an account wants. */
export async function findPreferences(db: Database, userId: string): Promise<NotificationSettings> {
  const row = await db.selectFrom('preference').selectAll().where('user_id', '=', userId).executeTakeFirst();
  return settingsOf(row ?? EVERYTHING);
}

/** Changes what is given and leaves the rest; gives all of it. */
export async function changePreferences(
  trx: Transaction,
  userId: string,
  change: { readonly [K in keyof NotificationSettings]?: boolean | undefined },
): Promise<NotificationSettings> {
  const given: Partial<PreferenceRow> = {
    ...(change.videoPublished === undefined ? {} : { video_published: change.videoPublished }),
    ...(change.videoCommented === undefined ? {} : { video_commented: change.videoCommented }),
    ...(change.videoLiked === undefined ? {} : { video_liked: change.videoLiked }),
    ...(change.followed === undefined ? {} : { followed: change.followed }),
  };
  const row = await trx
    .insertInto('preference')
    .values({ user_id: userId, ...EVERYTHING, ...given })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ user_id: userId, ...given }))
    .returningAll()
    .executeTakeFirstOrThrow();
  return settingsOf(row);
}

/** Which of these accounts do not want a kind; what is about the own account and videos cannot be declined. */
export async function whoDeclines(
  db: Database,
  kind: NotificationKind,
  userIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (kind !== 'video_published' && kind !== 'video_commented' && kind !== 'video_liked' && kind !== 'followed') {
    return new Set();
  }
  const rows = await db
    .selectFrom('preference')
    .select('user_id')
    .where('user_id', 'in', [...userIds])
    .where(kind, '=', false)
    .execute();
  return new Set(rows.map(({ user_id }) => user_id));
}

/** Forgets what an account wants. */
export async function deletePreferences(trx: Transaction, userId: string): Promise<void> {
  await trx.deleteFrom('preference').where('user_id', '=', userId).execute();
}

function settingsOf(row: PreferenceRow): NotificationSettings {
  return {
    videoPublished: row.video_published,
    videoCommented: row.video_commented,
    videoLiked: row.video_liked,
    followed: row.followed,
  };
}
