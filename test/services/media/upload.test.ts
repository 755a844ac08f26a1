import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mediaUploaded, TUS_MEDIA_TYPE, videoDeleted } from '#contracts';
import type { OpenNats } from '#runtime/events/connection';
import { publish } from '#runtime/events/publisher';
import { eventually } from '#test-support/eventually';
import { recordMessages, type MessageRecorder } from '#test-support/message-recorder';
import { startServiceStores, type LoggedIn, type ServiceStores } from '#test-support/service-stores';
import { mediaClient, mediaDisk, signTicket, startMedia, type RunningMedia } from './running-media.ts';
import { TusClient, uploadWhole } from './tus-client.ts';

let stores: ServiceStores;
let nats: OpenNats;
let media: RunningMedia;
let owner: LoggedIn;
let uploads: MessageRecorder<typeof mediaUploaded>;
const disk = mediaDisk();

beforeAll(async () => {
  stores = await startServiceStores();
  await stores.provision();
  nats = await stores.adminNats();
  uploads = await recordMessages(nats, mediaUploaded);
  media = await startMedia(stores, disk);
  owner = await stores.logIn();
});

afterAll(async () => {
  await media.stop();
  await stores.stop();
  disk.remove();
});

function tus(who: LoggedIn | undefined = owner): TusClient {
  return new TusClient(media.url, who);
}

function fileOf(uploadId: string): string {
  return join(disk.root, 'incoming', uploadId);
}

describe('an upload', () => {
  it('arrives in pieces, goes on where it was cut, and is told of once', async () => {
    const bytes = randomBytes(300_000);
    const { ticket, text } = signTicket(stores, owner.userId, bytes.length);
    const begun = await tus().create(text, bytes.length, { 'upload-metadata': 'filename aG9saWRheS5tcDQ=' });
    expect(begun.headers.get('location')).toMatch(/^\/api\/media\/uploads\/[a-f0-9]{32}$/);
    const uploadId = begun.headers.get('location')?.split('/').at(-1) ?? '';
    expect((await tus().append(uploadId, 0, bytes.subarray(0, 100_000))).status).toBe(204);
    await cutAfter(uploadId, 100_000, bytes.subarray(100_000, 150_000), bytes.length - 100_000);

    const where = await eventuallyOffset(uploadId, 150_000);
    expect(where.headers.get('upload-length')).toBe(String(bytes.length));
    expect(where.headers.get('upload-metadata')).toBe('filename aG9saWRheS5tcDQ=');
    const open = (await mediaClient(media.url, owner).send('listMyUploads')).body.items;
    expect(open).toMatchObject([{ uploadId, videoId: ticket.videoId, offset: 150_000, bytes: bytes.length }]);

    const last = await tus().append(uploadId, 150_000, bytes.subarray(150_000));
    expect([last.status, last.headers.get('upload-offset')]).toEqual([204, String(bytes.length)]);
    expect(await uploads.first((data) => data.uploadId === uploadId)).toMatchObject({
      videoId: ticket.videoId,
      ownerId: owner.userId,
      fileName: 'holiday.mp4',
      bytes: bytes.length,
      quotaBytes: bytes.length,
    });
    expect(readFileSync(fileOf(uploadId)).equals(bytes)).toBe(true);
    expect((await tus().append(uploadId, bytes.length, new Uint8Array())).status).toBe(204);
    expect((await tus().offset(uploadId)).headers.get('upload-offset')).toBe(String(bytes.length));
    expect((await tus().abort(uploadId)).code).toBe('conflict');
    expect(uploads.heard.filter((data) => data.uploadId === uploadId)).toHaveLength(1);
  });

  it('whose last byte came before a kill is finished by the next look at it', async () => {
    const bytes = randomBytes(1000);
    const { text } = signTicket(stores, owner.userId, bytes.length);
    const uploadId = await uploadWhole(tus(), text, bytes);
    await uploads.first((data) => data.uploadId === uploadId);
    await stores.postgres.sql(`update media.upload set completed_at = null where upload_id = '${uploadId}'`, 'video');
    await tus().offset(uploadId);
    const { rows } = { rows: await stores.postgres.sql('select completed_at is null from media.upload', 'video') };
    expect(rows).not.toContain('t');
  });

  it('that is given up frees its bytes, and a second one takes the place of one that was begun', async () => {
    const { ticket, text } = signTicket(stores, owner.userId, 50);
    const first = await tus().begin(text, 50);
    await tus().append(first, 0, randomBytes(10));
    const second = await tus().begin(text, 50);
    expect(existsSync(fileOf(first))).toBe(false);
    expect((await tus().offset(first)).status).toBe(404);
    expect((await tus().abort(second)).status).toBe(204);
    expect(existsSync(fileOf(second))).toBe(false);
    const whole = await uploadWhole(tus(), text, randomBytes(50));
    expect((await tus().create(text, 50)).code).toBe('conflict');
    await uploads.first(({ videoId, uploadId }) => videoId === ticket.videoId && uploadId === whole);
  });

  it('goes with its video', async () => {
    const { ticket, text } = signTicket(stores, owner.userId, 50);
    const { videoId, ownerId } = ticket;
    const uploadId = await tus().begin(text, 50);
    const deletedAt = new Date().toISOString();
    const data = { videoId, ownerId, version: 2, reason: 'owner', deletedAt } as const;
    await publish(nats, 'video', videoDeleted, { aggregate: videoId, data });
    await eventually(async () => expect((await tus().offset(uploadId)).status).toBe(404));
    expect(existsSync(fileOf(uploadId))).toBe(false);
    expect((await tus().create(text, 50)).code).toBe('not_found');
  });

  it('is cut off when its video is deleted, another one takes its place, or it runs out', async () => {
    const gone = signTicket(stores, owner.userId, 50_000);
    const replaced = signTicket(stores, owner.userId, 50_000);
    const old = signTicket(stores, owner.userId, 50_000);
    const ids = await Promise.all([gone, replaced, old].map(({ text }) => tus().begin(text, 50_000)));
    const writers = ids.map((uploadId) => tus().append(uploadId, 0, endless()));
    for (const id of ids) await eventually(() => expect(readFileSync(fileOf(id)).length).toBeGreaterThan(0));
    const [, , runsOut = ''] = ids;
    const { videoId, ownerId } = gone.ticket;
    const data = { videoId, ownerId, version: 2, reason: 'owner', deletedAt: new Date().toISOString() } as const;
    await publish(nats, 'video', videoDeleted, { aggregate: videoId, data });
    const second = await tus().begin(replaced.text, 50_000);
    await stores.postgres.sql(`update media.upload set expires_at = now() where upload_id = '${runsOut}'`, 'video');
    await (await startMedia(stores, disk)).stop();
    await Promise.all(writers);
    await eventually(() => expect(ids.map((id) => existsSync(fileOf(id)))).toEqual([false, false, false]));
    await tus().abort(second);
  });

  it('is refused with a reason, and leaves nothing', async () => {
    const stranger = await stores.logIn();
    const { text } = signTicket(stores, owner.userId, 50);
    const old = signTicket(stores, owner.userId, 50, { expiresAt: new Date(Date.now() - 1000).toISOString() });
    const huge = signTicket(stores, owner.userId, 5 * 1024 ** 3);
    const { privateKey } = generateKeyPairSync('ed25519');
    const [body = ''] = text.split('.');
    const forged = `${body}.${sign(null, Buffer.from(body), privateKey).toString('base64url')}`;
    const codes = await Promise.all([
      new TusClient(media.url, undefined).create(text, 50),
      tus(stranger).create(text, 50),
      tus().create(old.text, 50),
      tus().create(forged, 50),
      tus().create('rubbish', 50),
      tus().create(text, 51),
      tus().create(huge.text, 5 * 1024 ** 3),
      tus().create(text, 50, { origin: 'https://evil.example' }),
      tus().create(text, 50, { 'upload-metadata': `filename ${Buffer.from('a\0b').toString('base64')}` }),
    ]);
    expect(codes.map(({ status, code }) => `${status} ${code ?? ''}`)).toEqual([
      '401 no_session',
      '403 ticket_invalid',
      '403 ticket_invalid',
      '403 ticket_invalid',
      '403 ticket_invalid',
      '422 invalid',
      '413 body_too_large',
      '403 foreign_origin',
      '422 invalid',
    ]);
    expect((await mediaClient(media.url, owner).send('listMyUploads')).body.items).toEqual([]);
  });

  it('is refused with its own reason where what it leaves cannot be removed', async () => {
    const { ticket, text } = signTicket(stores, owner.userId, 50);
    await stores.postgres.sql(
      `create function media.stay() returns trigger language plpgsql as $$ begin raise 'it stays'; end $$;
       create trigger stay before delete on media.upload for each row execute function media.stay()`,
      'video',
    );
    const refused = await tus().create(text, 50, { 'upload-concat': 'partial' });
    await stores.postgres.sql('drop function media.stay() cascade', 'video');
    expect([refused.status, refused.code]).toEqual([400, 'bad_request']);
    await tus().abort(await tus().begin(text, 50));
    const left = `select count(*) from media.upload where video_id = '${ticket.videoId}'`;
    expect(await stores.postgres.sql(left, 'video')).toBe('0');
  });

  it('takes pieces of its owner alone, at the right place, of the right kind and size', async () => {
    const { text } = signTicket(stores, owner.userId, 50);
    const other = signTicket(stores, owner.userId, 50);
    const uploadId = await tus().begin(text, 50);
    const piece = randomBytes(10);
    const stranger = tus(await stores.logIn());
    expect((await stranger.append(uploadId, 0, piece)).code).toBe('not_found');
    expect((await stranger.offset(uploadId)).status).toBe(404);
    expect((await stranger.abort(uploadId)).code).toBe('not_found');
    expect((await tus().append(uploadId, 20, piece)).code).toBe('conflict');
    expect((await tus().append(uploadId, 0, randomBytes(51))).code).toBe('body_too_large');
    expect((await tus().append(uploadId, 0, piece, { 'content-type': 'video/mp4' })).code).toBe('media_type');
    expect((await tus().append(uploadId, 0, piece, { 'upload-ticket': other.text })).code).toBe('ticket_invalid');
    expect((await tus().append('no-such-upload', 0, piece)).code).toBe('not_found');
    expect((await tus().append(`..%2f..%2f${uploadId}`, 0, piece)).status).toBe(404);
    expect((await tus().offset(uploadId)).headers.get('upload-offset')).toBe('0');
    const wrong = await fetch(`${media.url}/api/media/uploads/${uploadId}`, { headers: owner.headers });
    expect(wrong.status).toBe(405);
    await tus().abort(uploadId);
  });

  it('says no_space when the disk is at its floor, while reads go on', async () => {
    const full = await startMedia(stores, disk, { DISK_FLOOR_BYTES: String(2 ** 52) });
    try {
      const { text } = signTicket(stores, owner.userId, 50);
      expect(await new TusClient(full.url, owner).create(text, 50)).toMatchObject({ status: 507, code: 'no_space' });
      expect((await mediaClient(full.url, owner).send('listMyUploads')).status).toBe(200);
      await eventually(async () => {
        const ready = await fetch(`${full.url}/readyz`);
        expect([ready.status, await ready.text()]).toEqual([200, expect.stringContaining('below its floor')]);
      });
    } finally {
      await full.stop();
    }
  });

  it('that runs out is gone, with its bytes', async () => {
    const { text } = signTicket(stores, owner.userId, 50);
    const uploadId = await tus().begin(text, 50);
    const past = "now() - interval '1 minute'";
    await stores.postgres.sql(`update media.upload set expires_at = ${past} where upload_id = '${uploadId}'`, 'video');
    expect((await tus().append(uploadId, 0, randomBytes(10))).code).toBe('upload_expired');
    const next = await startMedia(stores, disk);
    await next.stop();
    expect(existsSync(fileOf(uploadId))).toBe(false);
    expect((await tus().append(uploadId, 0, randomBytes(10))).code).toBe('not_found');
  });
});

/** A piece that begins and never ends. */
function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(randomBytes(1000)) });
}

/** Sends the head of a piece and then cuts the connection, as a train in a tunnel does. */
async function cutAfter(uploadId: string, offset: number, sent: Uint8Array, announced: number): Promise<void> {
  const { hostname, port } = new URL(media.url);
  const socket = connect(Number(port), hostname);
  const head = [
    `PATCH /api/media/uploads/${uploadId} HTTP/1.1`,
    `Host: ${hostname}`,
    `Cookie: ${owner.headers.cookie ?? ''}`,
    'Tus-Resumable: 1.0.0',
    `Upload-Offset: ${offset}`,
    `Content-Type: ${TUS_MEDIA_TYPE}`,
    `Content-Length: ${announced}`,
    `X-Request-Id: ${randomUUID()}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  await new Promise<void>((resolve) => {
    socket.write(sent, () => resolve());
  });
  await eventually(() => expect(readFileSync(fileOf(uploadId)).length).toBe(offset + sent.length));
  socket.destroy();
}

async function eventuallyOffset(uploadId: string, offset: number) {
  const answer = await tus().offset(uploadId);
  expect(answer.headers.get('upload-offset')).toBe(String(offset));
  return answer;
}
