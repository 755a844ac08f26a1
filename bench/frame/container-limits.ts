/** What a service has in its container: the limits of the manifests, and how the image starts node. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A place for processes that get what a container would get. */
export interface ContainerLimits {
  /** Goes before a command, which then runs in it. */
  readonly command: readonly string[];
  readonly note: string;
  remove(): void;
}

const ROOT = '/sys/fs/cgroup';
const PERIOD_US = 100_000;
const MEMORY_BYTES = 512 * 1024 * 1024;

/** Limits by cgroups of version 2 or 1: the memory of the manifests, and so many cores; undefined where this user may not. */
export function containerLimits(of: string, { cores }: { readonly cores?: number } = {}): ContainerLimits | undefined {
  const name = `video-bench-${process.pid}-${of}`;
  const quotaUs = cores === undefined ? undefined : cores * PERIOD_US;
  if (existsSync(`${ROOT}/cgroup.controllers`)) {
    const cpuMax = `${quotaUs ?? 'max'} ${PERIOD_US}`;
    const settings = { 'cpu.max': cpuMax, 'memory.max': MEMORY_BYTES };
    return groupsOf(2, [{ folder: `${ROOT}/${name}`, settings }], cores);
  }
  const cpu =
    quotaUs === undefined
      ? []
      : [{ folder: `${ROOT}/cpu/${name}`, settings: { 'cpu.cfs_period_us': PERIOD_US, 'cpu.cfs_quota_us': quotaUs } }];
  const memory = { folder: `${ROOT}/memory/${name}`, settings: { 'memory.limit_in_bytes': MEMORY_BYTES } };
  return groupsOf(1, [...cpu, memory], cores);
}

interface Group {
  readonly folder: string;
  readonly settings: Readonly<Record<string, string | number>>;
}

function groupsOf(version: 1 | 2, groups: readonly Group[], cores: number | undefined): ContainerLimits | undefined {
  const made: string[] = [];
  const remove = (): void => made.forEach((folder) => rmdirSync(folder));
  try {
    for (const { folder, settings } of groups) {
      mkdirSync(folder);
      made.push(folder);
      for (const [file, value] of Object.entries(settings)) writeFileSync(join(folder, file), String(value));
    }
    const joins = made.map((folder) => `echo $$ > ${folder}/cgroup.procs`);
    const memory = `${MEMORY_BYTES / 1024 ** 2} MiB`;
    return {
      command: ['sh', '-c', `${joins.join(' && ')} && exec "$@"`, 'sh'],
      note: `${cores === undefined ? memory : `${cores} of a core and ${memory}`} by cgroups of version ${version}`,
      remove,
    };
  } catch {
    remove();
    return undefined;
  }
}

/** The node that runs services: that of the images may be newer than that of the bench. */
export function serviceNode(): string {
  return process.env.BENCH_NODE ?? process.execPath;
}

/** Flags of node in the images of the services. */
export function imageNodeFlags(): readonly string[] {
  const dockerfile = readFileSync(join('deploy', 'images', 'service', 'Dockerfile'), 'utf8');
  const entry: unknown = JSON.parse(/^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]');
  const flags = (entry as readonly string[]).filter((argument) => argument.startsWith('--'));
  if (flags.length === 0) throw new Error('the Dockerfile of the services has no ENTRYPOINT with flags');
  return flags;
}
