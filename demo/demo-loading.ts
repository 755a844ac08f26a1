/**
 * Loads demo data into a running platform, through its edge alone: members, follows, films, comments, likes and views.
 * Once more on data that was kept adds only what is missing.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { BEAT_INTERVAL_SECONDS, statsApi, userApi, videoApi } from '#contracts';
import { DEMO_MEMBERS, DEMO_PASSWORD, DEMO_VIDEOS, type DemoMember, type DemoVideo } from './demo-data.ts';
import { makeFilmClip } from './film-clip.ts';
import { createDraft, uploadFile } from './film-upload.ts';
import { CallRefused, Member } from './member.ts';

const LOOK_EVERY_MS = 500;
/** Longest time in which all films are to be playable, in ms. */
const PROCESSING_MS = 10 * 60_000;

/** Loads everything; gives how many films were added. */
export async function loadDemoData(origin: string, say: (line: string) => void): Promise<number> {
  const members = new Map<string, Member>();
  for (const [index, one] of DEMO_MEMBERS.entries()) members.set(one.handle, await join(origin, one, index, say));
  for (const { handle, follows } of DEMO_MEMBERS) {
    for (const followed of follows)
      await get(members, handle).call(userApi, 'followUser', { params: { handle: followed } });
  }
  const missing: DemoVideo[] = [];
  for (const video of DEMO_VIDEOS) if (!(await has(get(members, video.owner), video))) missing.push(video);
  const uploaded: { readonly video: DemoVideo; readonly videoId: string }[] = [];
  for (const video of missing) {
    say(`films and uploads “${video.draft.title}”`);
    uploaded.push({ video, videoId: await upload(get(members, video.owner), video) });
  }
  for (const { video, videoId } of uploaded) {
    await untilReady(get(members, video.owner), videoId);
    await beWatched(members, video, videoId);
  }
  say(`log in as ${DEMO_MEMBERS.map(({ handle }) => handle).join(', ')} with the password ${DEMO_PASSWORD}`);
  return uploaded.length;
}

/** Signs somebody up, or logs in who is there already. */
async function join(origin: string, one: DemoMember, index: number, say: (line: string) => void): Promise<Member> {
  const member = new Member(origin, { ...one, password: DEMO_PASSWORD });
  const localAddress = `127.0.0.${index + 2}`;
  try {
    await patiently(async () => await signUpFrom(member, localAddress), say);
    say(`signed ${one.handle} up`);
    await becomeKnown(member, one);
  } catch (error) {
    if (!(error instanceof CallRefused) || error.answer.status !== 409) throw error;
    await patiently(async () => await member.logIn(), say);
  }
  return member;
}

/** From an address of its own if the machine has one (Linux has all of 127/8), else from the usual one. */
async function signUpFrom(member: Member, localAddress: string): Promise<void> {
  try {
    await member.signUp({ localAddress });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') throw error;
    await member.signUp();
  }
}

/** Writes the profile once user has heard of the account. */
async function becomeKnown(member: Member, { bio }: DemoMember): Promise<void> {
  await untilThere(async () => await member.call(userApi, 'changeMe', { body: { bio } }));
}

async function has(member: Member, { draft }: DemoVideo): Promise<boolean> {
  const { items } = await member.call(videoApi, 'listMyVideos', { query: { limit: 100 } });
  return items.some(({ title }) => title === draft.title);
}

async function upload(member: Member, { draft, clip }: DemoVideo): Promise<string> {
  const file = await makeFilmClip(clip);
  const fileName = `${draft.title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.mp4`;
  const created = await untilThere(async () => await createDraft(member, { ...draft, fileName }, file));
  await uploadFile(member, created, file);
  return created.video.videoId;
}

async function untilReady(member: Member, videoId: string): Promise<void> {
  const deadline = Date.now() + PROCESSING_MS;
  for (;;) {
    const { state, title, failure } = await member.call(videoApi, 'readVideo', { params: { videoId } });
    if (state === 'ready') return;
    if (state === 'failed') throw new Error(`“${title}” could not be processed: ${failure?.reason ?? 'unknown'}`);
    if (Date.now() > deadline) throw new Error(`“${title}” is still ${state} after ${PROCESSING_MS / 60_000} minutes`);
    await pause(LOOK_EVERY_MS);
  }
}

/** Comments, likes, and everybody but its owner watches a public film to its end. */
async function beWatched(members: ReadonlyMap<string, Member>, video: DemoVideo, videoId: string): Promise<void> {
  const params = { videoId };
  for (const [handle, text] of video.comments) {
    await get(members, handle).call(videoApi, 'addComment', { params, body: { text } });
  }
  for (const handle of video.likedBy) await get(members, handle).call(videoApi, 'likeVideo', { params });
  if (video.draft.visibility !== 'public') return;
  for (const [handle, member] of members) {
    if (handle !== video.owner) await watch(member, videoId, video.clip.seconds);
  }
}

async function watch(member: Member, videoId: string, seconds: number): Promise<void> {
  const playbackId = randomUUID();
  const beats = Math.ceil(seconds / BEAT_INTERVAL_SECONDS);
  for (let sequence = 0; sequence < beats; sequence += 1) {
    const positionSeconds = Math.min(seconds, (sequence + 1) * BEAT_INTERVAL_SECONDS);
    const watchedSeconds = positionSeconds - sequence * BEAT_INTERVAL_SECONDS;
    const body = { playbackId, sequence, watchedSeconds, positionSeconds };
    await untilThere(async () => await member.call(statsApi, 'recordBeat', { params: { videoId }, body }));
  }
}

/** What another service has just made is known here a moment later: 404 is asked again for a while. */
async function untilThere<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof CallRefused) || error.answer.status !== 404 || tries >= 40) throw error;
      await pause(LOOK_EVERY_MS / 2);
    }
  }
}

/** Waits as long as a limit asks for. */
async function patiently(ask: () => Promise<unknown>, say: (line: string) => void): Promise<void> {
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (!(error instanceof CallRefused) || error.answer.status !== 429) throw error;
      const seconds = Number(error.answer.headers['retry-after'] ?? 1);
      say(`the limit asks to wait ${seconds} s`);
      await pause(seconds * 1000);
    }
  }
}

function get(members: ReadonlyMap<string, Member>, handle: string): Member {
  const member = members.get(handle);
  if (member === undefined) throw new Error(`the demo has no member ${handle}: add it to DEMO_MEMBERS`);
  return member;
}
