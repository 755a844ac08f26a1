/**
 * Where bytes lie. `UPLOAD_DIR/<upload>` is what was sent, `HLS_DIR/<video>/<revision>/` a finished revision,
 * `WORK_DIR/<job>.<run>.<attempt>/` what a worker is at. Names come from ids that were checked; a path that would leave
 * its folder is refused all the same.
 */
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';

/** Folders of media. */
export interface MediaFolders {
  readonly uploads: string;
  readonly hls: string;
  readonly work: string;
}

/** Folders of media, by its config. */
export function mediaFolders(config: {
  readonly UPLOAD_DIR: string;
  readonly HLS_DIR: string;
  readonly WORK_DIR: string;
}): MediaFolders {
  return { uploads: resolve(config.UPLOAD_DIR), hls: resolve(config.HLS_DIR), work: resolve(config.WORK_DIR) };
}

/** Makes the folders where they are not there. */
export async function makeFolders(folders: MediaFolders): Promise<void> {
  for (const folder of [folders.uploads, folders.hls, folders.work]) await mkdir(folder, { recursive: true });
}

/** A path below a folder; throws for names that would lead out of it, hide a file or hold NUL. */
export function pathWithin(folder: string, ...names: readonly string[]): string {
  const path = join(folder, ...names);
  if (names.every(isPlain) && path.startsWith(`${folder}${sep}`)) return path;
  throw new Error(`path ${JSON.stringify(names.join('/'))} is outside its folder, must consist of plain names`);
}

function isPlain(name: string): boolean {
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name);
}

/** Names in a folder that media can have given. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter(isPlain);
}

/** File of an upload. */
export function uploadFile(folders: MediaFolders, uploadId: string): string {
  return pathWithin(folders.uploads, uploadId);
}

/** Folder of a finished revision. */
export function revisionFolder(folders: MediaFolders, videoId: string, revision: string): string {
  return pathWithin(folders.hls, videoId, revision);
}

/** Removes a file or a folder with all in it; nothing there is fine. */
export async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

/** Bytes of all files below a folder. */
export async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await lstat(join(entry.parentPath, entry.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
