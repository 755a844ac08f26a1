/**
 * Folders in which a worker works. One is named after the attempt that made it, touched while the work goes on, and removed
 * with whatever still runs in it: at the end, at the next attempt of the same job, or once nobody touched it any more.
 */
import { mkdir, readdir, readlink, stat, utimes } from 'node:fs/promises';
import { namesIn, pathWithin, remove, type MediaFolders } from '../disk/media-files.ts';
import { killTree } from './child-program.ts';

/** One attempt at one job. */
export interface WorkAttempt {
  readonly jobId: string;
  readonly run: number;
  readonly attempt: number;
}

/** Makes the folder of an attempt, after removing what earlier attempts at the job left behind. */
export async function openWorkFolder(folders: MediaFolders, work: WorkAttempt): Promise<string> {
  await removeWorkOf(folders, work.jobId);
  const folder = pathWithin(folders.work, `${work.jobId}.${work.run}.${work.attempt}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Removes all that attempts at a job left behind. */
export async function removeWorkOf(folders: MediaFolders, jobId: string): Promise<void> {
  const names = (await namesIn(folders.work)).filter((name) => name.startsWith(`${jobId}.`));
  for (const name of names) await removeWorkFolder(pathWithin(folders.work, name));
}

/** Says that a folder is still worked in. */
export async function touchWorkFolder(folder: string, now: Date): Promise<void> {
  await utimes(folder, now, now);
}

/** Removes folders that nobody touched since `before`; gives their names. */
export async function sweepWorkFolders(folders: MediaFolders, before: Date): Promise<string[]> {
  const swept: string[] = [];
  for (const name of await namesIn(folders.work)) {
    const folder = pathWithin(folders.work, name);
    const found = await stat(folder).catch(() => undefined);
    if (found === undefined || found.mtime >= before) continue;
    await removeWorkFolder(folder);
    swept.push(name);
  }
  return swept;
}

/** Removes a folder, after ending what a killed worker left running in it. */
export async function removeWorkFolder(folder: string): Promise<void> {
  await endProcessesIn(folder);
  await remove(folder);
}

/** ffmpeg outlives a worker that is killed where no container ends with it; its working folder tells whose it is. */
async function endProcessesIn(folder: string): Promise<void> {
  const entries = await readdir('/proc').catch(() => []);
  for (const pid of entries.filter((name) => /^\d+$/.test(name)).map(Number)) {
    const place = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    if (pid !== process.pid && (place === folder || place.startsWith(`${folder}/`))) await killTree(pid);
  }
}
