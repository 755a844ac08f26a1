import type { Profile, userApi } from '#contracts';
import { HttpError, type CallOf, type Session } from '#services/platform';
import { countFollows } from '../repository/follows.ts';
import { changeProfile } from '../repository/profiles.ts';
import type { Service } from '../service.ts';
import { profileOf } from '../views/profile.ts';
import { announceProfile } from './announce-profile.ts';
import { ensureProfile } from './ensure-profile.ts';

/** What a user may change of the own profile. */
export type ProfileChange = CallOf<typeof userApi, 'changeMe'>['body'];

/** Changes the caller's profile, and publishes it when it changed. */
export async function changeMe(
  service: Service,
  { session, change }: { readonly session: Session; readonly change: ProfileChange },
): Promise<Profile> {
  const known = await ensureProfile(service, session);
  const isEmpty = Object.values<unknown>(change).every((value) => value === undefined);
  const row = isEmpty
    ? known
    : await service.transaction(async (trx) => {
        const changed = await changeProfile(trx, session.userId, change);
        if (changed === undefined) throw new HttpError('no_session');
        await announceProfile(service, trx, changed);
        return changed;
      });
  return profileOf(row, await countFollows(service.db, row.user_id));
}
