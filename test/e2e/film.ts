/** Films of the browser tests, uploaded by HTTP where the upload itself is not what is shown. */
import { videoApi } from '#contracts';
import { eventually } from '#test-support/eventually';
import { makeFilmClip, type FilmClip } from '../../demo/film-clip.ts';
import { createDraft, uploadFile, type Draft } from '../../demo/film-upload.ts';
import type { Member } from '../../demo/member.ts';

const PROCESSING_MS = 180_000;
const CLIP: FilmClip = { picture: 'testsrc2', seconds: 12, size: '1280x720', bitRate: '1M' };

/** Uploads a short film; gives its id. */
export async function uploadFilm(
  member: Member,
  draft: Omit<Draft, 'fileName'> & Partial<Draft>,
  clip = CLIP,
): Promise<string> {
  return await uploadBytes(member, draft, await makeFilmClip(clip));
}

/** Uploads the given bytes; returns the id of the video. */
export async function uploadBytes(
  member: Member,
  draft: Omit<Draft, 'fileName'> & Partial<Draft>,
  file: Buffer,
): Promise<string> {
  let videoId = '';
  // a service hears of a new account a moment later
  await eventually(async () => {
    const created = await createDraft(member, { fileName: 'film.mp4', ...draft }, file);
    videoId = created.video.videoId;
    await uploadFile(member, created, file);
  });
  return videoId;
}

/** Waits until a film can be played. */
export async function untilReady(member: Member, videoId: string): Promise<void> {
  await eventually(async () => {
    const { state } = await member.call(videoApi, 'readVideo', { params: { videoId } });
    if (state !== 'ready') throw new Error(`the film is ${state}`);
  }, PROCESSING_MS);
}
