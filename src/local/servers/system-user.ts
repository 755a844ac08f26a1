import { chownSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

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

const ENTER = { owner: 0o100, group: 0o010, others: 0o001 };

/** Throws when a folder on the way to `path` is closed to that user, which PostgreSQL itself tells in stranger words. */
export function assertReachable(path: string, user: SystemUser): void {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const needed = uid === user.uid ? ENTER.owner : gid === user.gid ? ENTER.group : ENTER.others;
    if ((mode & needed) === 0) {
      throw new Error(
        `${folder} is not accessible to user ${user.uid}, which PostgreSQL runs as because it refuses root: run chmod o+x on it, or choose another folder (--data, TMPDIR)`,
      );
    }
    if (folder === dirname(folder)) return;
  }
}
