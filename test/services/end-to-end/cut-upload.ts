import { request } from 'node:http';
import { TUS_MEDIA_TYPE, TUS_VERSION, UPLOAD_TICKET_HEADER } from '#contracts';
import { eventually } from '#test-support/eventually';
import type { CreatedVideo } from '../../../demo/film-upload.ts';
import type { Member } from '../../../demo/member.ts';

/** An upload whose connection broke on the way. */
export interface CutUpload {
  /** Where its pieces go. */
  readonly url: string;
  /** Bytes that had arrived. */
  readonly offset: number;
}

/** Starts an upload, sends half of it in a request for all, and breaks the connection. */
export async function cutUpload(member: Member, { upload }: CreatedVideo, file: Buffer): Promise<CutUpload> {
  const headers = { ...member.headers, 'tus-resumable': TUS_VERSION, [UPLOAD_TICKET_HEADER]: upload.ticket };
  const made = await member.send(upload.url, {
    method: 'POST',
    headers: { ...headers, 'upload-length': String(file.length) },
  });
  if (made.status !== 201) throw new Error(`the upload was answered with ${made.status}: ${made.body.toString()}`);
  const url = new URL(made.headers.location ?? '', upload.url).href;

  const half = file.subarray(0, Math.floor(file.length / 2));
  const patch = request(url, {
    method: 'PATCH',
    headers: { ...headers, 'upload-offset': '0', 'content-type': TUS_MEDIA_TYPE, 'content-length': file.length },
  });
  patch.on('error', () => undefined);
  await new Promise<void>((resolve) => patch.write(half, () => resolve()));
  patch.destroy();
  let offset = 0;
  await eventually(async () => {
    const head = await member.send(url, { method: 'HEAD', headers });
    offset = Number(head.headers['upload-offset']);
    if (!(offset > 0)) throw new Error(`HEAD of the upload was ${head.status}, its offset ${offset}`);
  }, 20_000);
  return { url, offset };
}
