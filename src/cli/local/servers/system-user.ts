import { chownSync, mkdirSync, readFileSync } from 'node:fs';

/** A user of this machine, as numbers. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** The user that a server which refuses root runs as: `postgres`, else `nobody`; undefined when this is not root. */
export function serverUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const row = ['postgres', 'nobody'].map((name) => users.find((line) => line.startsWith(`${name}:`))).find(Boolean);
  const [, , uid, gid] = (row ?? 'nobody:x:65534:65534').split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** Makes a folder and gives it to that user. */
export function ownedFolder(folder: string, owner: SystemUser | undefined): string {
  mkdirSync(folder, { recursive: true });
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  return folder;
}
