import { Upload } from 'tus-js-client';
import { UPLOAD_TICKET_HEADER, videoApi, type BodyInputOf, type ResponseOf, type RouteOf } from '#contracts';
import type { Member } from './member.ts';

/** What a draft is made from, besides its size. */
export type Draft = Omit<BodyInputOf<RouteOf<typeof videoApi, 'createVideo'>>, 'bytes'>;
/** A draft and the leave to upload its file. */
export type CreatedVideo = ResponseOf<RouteOf<typeof videoApi, 'createVideo'>>;

/** Makes a draft for a file. */
export async function createDraft(member: Member, draft: Draft, file: Buffer): Promise<CreatedVideo> {
  return await member.call(videoApi, 'createVideo', { body: { ...draft, bytes: file.length } });
}

/** Uploads a file with the tus client that the web uses; `uploadUrl` goes on with one that was begun. */
export async function uploadFile(
  member: Member,
  { upload }: Pick<CreatedVideo, 'upload'>,
  file: Buffer,
  options: { readonly uploadUrl?: string } = {},
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    new Upload(file, {
      endpoint: upload.url,
      headers: { ...member.headers, [UPLOAD_TICKET_HEADER]: upload.ticket },
      chunkSize: 1024 * 1024,
      retryDelays: [0, 500, 1000, 2000],
      ...(options.uploadUrl === undefined ? {} : { uploadUrl: options.uploadUrl }),
      onSuccess: () => resolve(),
      onError: reject,
    }).start();
  });
}
