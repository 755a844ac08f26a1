import type { Settings } from '#contracts';
import type { Database, Transaction } from '../service.ts';

/** A change of settings; what is left out stays. */
export type SettingsChange = { readonly [Name in keyof Settings]?: Settings[Name] | undefined };

const COLUMNS = ['theme', 'autoplay', 'keep_history', 'default_visibility'] as const;

/** Makes the settings of a new profile, all at their defaults. */
export async function insertSettings(trx: Transaction, userId: string): Promise<void> {
  await trx
    .insertInto('settings')
    .values({ user_id: userId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Settings of a user; undefined when there is no profile. */
export async function findSettings(db: Database, userId: string): Promise<Settings | undefined> {
  const row = await db.selectFrom('settings').select(COLUMNS).where('user_id', '=', userId).executeTakeFirst();
  return row && settingsOf(row);
}

/** Changes settings and gives all of them; undefined when there is no profile. */
export async function changeSettings(
  db: Database,
  userId: string,
  change: SettingsChange,
): Promise<Settings | undefined> {
  const { theme, autoplay, keepHistory, defaultVisibility } = change;
  const set = {
    ...(theme === undefined ? {} : { theme }),
    ...(autoplay === undefined ? {} : { autoplay }),
    ...(keepHistory === undefined ? {} : { keep_history: keepHistory }),
    ...(defaultVisibility === undefined ? {} : { default_visibility: defaultVisibility }),
  };
  if (Object.keys(set).length === 0) return await findSettings(db, userId);
  const row = await db
    .updateTable('settings')
    .set(set)
    .where('user_id', '=', userId)
    .returning(COLUMNS)
    .executeTakeFirst();
  return row && settingsOf(row);
}

function settingsOf(row: {
  readonly theme: Settings['theme'];
  readonly autoplay: boolean;
  readonly keep_history: boolean;
  readonly default_visibility: Settings['defaultVisibility'];
}): Settings {
  const { theme, autoplay, keep_history: keepHistory, default_visibility: defaultVisibility } = row;
  return { theme, autoplay, keepHistory, defaultVisibility };
}
