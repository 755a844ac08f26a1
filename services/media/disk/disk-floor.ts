import { statfs } from 'node:fs/promises';

/** Bytes that are free on the disk of a folder, for a process that is not root. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Whether a folder's disk keeps more than its floor free when so many bytes come. */
export async function hasRoom(folder: string, floorBytes: number, comingBytes: number): Promise<boolean> {
  return (await freeBytes(folder)) - comingBytes >= floorBytes;
}
