import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';

/** A place for processes that get half a core and the memory of the manifests. */
export interface HalfACore {
  /** Goes before a command, which then runs in it. */
  readonly command: readonly string[];
  readonly note: string;
  remove(): void;
}

const ROOT = '/sys/fs/cgroup';
const PERIOD_US = 100_000;
const QUOTA_US = 50_000;
const MEMORY_BYTES = 512 * 1024 * 1024;

/** Makes it with cgroups of version 2 or 1; undefined where this user may not. */
export function halfACore(): HalfACore | undefined {
  const name = `video-bench-${process.pid}`;
  if (existsSync(`${ROOT}/cgroup.controllers`)) return groupsOf(2, [`${ROOT}/${name}`]);
  return groupsOf(1, [`${ROOT}/cpu/${name}`, `${ROOT}/memory/${name}`]);
}

function groupsOf(version: 1 | 2, folders: readonly string[]): HalfACore | undefined {
  const made: string[] = [];
  const remove = (): void => made.forEach((folder) => rmdirSync(folder));
  try {
    for (const folder of folders) {
      mkdirSync(folder);
      made.push(folder);
    }
    const [cpu = '', memory = cpu] = folders;
    if (version === 2) {
      writeFileSync(`${cpu}/cpu.max`, `${QUOTA_US} ${PERIOD_US}`);
      writeFileSync(`${memory}/memory.max`, String(MEMORY_BYTES));
    } else {
      writeFileSync(`${cpu}/cpu.cfs_period_us`, String(PERIOD_US));
      writeFileSync(`${cpu}/cpu.cfs_quota_us`, String(QUOTA_US));
      writeFileSync(`${memory}/memory.limit_in_bytes`, String(MEMORY_BYTES));
    }
    const joins = folders.map((folder) => `echo $$ > ${folder}/cgroup.procs`);
    return {
      command: ['sh', '-c', `${joins.join(' && ')} && exec "$@"`, 'sh'],
      note: `half a core and 512 MiB by cgroups of version ${version}`,
      remove,
    };
  } catch {
    remove();
    return undefined;
  }
}
