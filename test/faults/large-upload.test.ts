/** A gibibyte goes through media under the memory limit of its manifest: nothing ever holds a video in memory. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueApi, TUS_MEDIA_TYPE, TUS_VERSION, UPLOAD_TICKET_HEADER, videoApi } from '#contracts';
import type { LocalPlatform } from '#local';
import { eventually } from '#test-support/eventually';
import { makeFilmClip } from '../../demo/film-clip.ts';
import type { Member } from '../../demo/member.ts';
import { newMember, startWholePlatform } from '../services/end-to-end/whole-platform.ts';

const GIB = 1024 ** 3;
const PIECE = 16 * 1024 ** 2;
/** Limit of media's container in the manifest. */
const LIMIT_BYTES = GIB;
const PROCESSING_MS = 180_000;
/** Size and type of an ISO box whose content every player skips. */
const BOX_HEADER_BYTES = 8;

describe('an upload of 1 GiB', () => {
  let platform: LocalPlatform;
  let ada: Member;

  beforeAll(async () => {
    platform = await startWholePlatform();
    ada = await newMember(platform, 'Ada');
  });

  afterAll(async () => {
    await platform.stop();
  });

  it('is taken, processed and stays under the memory limit', async () => {
    const clip = await makeFilmClip({ picture: 'testsrc2', seconds: 3 });
    const skipped = GIB - clip.length;
    const header = Buffer.alloc(BOX_HEADER_BYTES);
    header.writeUInt32BE(skipped, 0);
    header.write('free', 4, 'latin1');
    const start = Buffer.concat([clip, header]);

    const created = await ada.call(videoApi, 'createVideo', {
      body: { title: 'Large', fileName: 'large.mp4', bytes: GIB, visibility: 'private' },
    });
    const headers = { 'tus-resumable': TUS_VERSION, [UPLOAD_TICKET_HEADER]: created.upload.ticket };
    const made = await ada.send(created.upload.url, {
      method: 'POST',
      headers: { ...headers, 'upload-length': String(GIB) },
    });
    expect(made.status).toBe(201);
    const url = new URL(made.headers['location'] ?? '', created.upload.url).href;
    for (let offset = 0; offset < GIB; offset += PIECE) {
      const body = Buffer.alloc(Math.min(PIECE, GIB - offset));
      if (offset < start.length) start.copy(body, 0, offset);
      const piece = { ...headers, 'upload-offset': String(offset), 'content-type': TUS_MEDIA_TYPE };
      const sent = await ada.send(url, { method: 'PATCH', headers: piece, body });
      expect(sent.status, `piece at ${offset}`).toBe(204);
    }
    await eventually(async () => {
      const { items } = await ada.call(queueApi, 'listMyJobs');
      expect(items[0]).toMatchObject({ state: 'done' });
    }, PROCESSING_MS);
    const peak = platform.peakMemoryBytes('media-0');
    process.stdout.write(`peak of media's process tree: ${Math.round(peak / 1024 ** 2)} MiB\n`);
    expect(peak).toBeLessThan(LIMIT_BYTES);
  }, 600_000);
});
