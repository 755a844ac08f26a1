import { HttpError, type Session } from '#services/platform';
import { recordWatched } from '../repository/history.ts';
import { findSettings } from '../repository/settings.ts';
import type { Service } from '../service.ts';
import { ensureProfile } from './ensure-profile.ts';

/** Records where a video was left, unless its viewer turned the history off. */
export async function recordHistoryEntry(
  service: Service,
  entry: {
    readonly session: Session;
    readonly videoId: string;
    readonly positionSeconds: number;
    readonly durationSeconds: number;
  },
): Promise<void> {
  const { user_id } = await ensureProfile(service, entry.session);
  const settings = await findSettings(service.db, user_id);
  if (settings === undefined) throw new HttpError('no_session');
  if (!settings.keepHistory) return;
  const watched = {
    user_id,
    video_id: entry.videoId,
    position_seconds: entry.positionSeconds,
    duration_seconds: entry.durationSeconds,
    watched_at: new Date(),
  };
  await recordWatched(service.db, watched, service.config.HISTORY_MAX);
}
