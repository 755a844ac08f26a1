import { readdirSync, readFileSync } from 'node:fs';

const SAMPLE_PERIOD_MS = 500;
const PAGE_BYTES = 4096;

/**
 * Samples the resident memory of process groups, which is what a pod's limit would count: the process and all that it
 * started. Only where there is a /proc; elsewhere every peak is 0.
 */
export class MemoryWatch {
  private readonly peaks = new Map<string, number>();
  private readonly groups: () => ReadonlyMap<string, number>;
  private readonly timer: NodeJS.Timeout;

  /** `groups` gives the names to watch and the group of each. */
  constructor(groups: () => ReadonlyMap<string, number>) {
    this.groups = groups;
    this.timer = setInterval(() => this.sample(), SAMPLE_PERIOD_MS).unref();
  }

  /** Highest memory of a name seen so far, in bytes. */
  peakBytes(name: string): number {
    this.sample();
    return this.peaks.get(name) ?? 0;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    const bytes = residentBytesByGroup();
    for (const [name, group] of this.groups()) {
      this.peaks.set(name, Math.max(this.peaks.get(name) ?? 0, bytes.get(group) ?? 0));
    }
  }
}

function residentBytesByGroup(): Map<number, number> {
  const sums = new Map<number, number>();
  for (const pid of processIds()) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // After the name, which may hold spaces: state, parent, group, … and the resident pages as 22nd.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const group = Number(fields[2]);
      sums.set(group, (sums.get(group) ?? 0) + Number(fields[21]) * PAGE_BYTES);
    } catch {
      // It ended between the listing and the look.
    }
  }
  return sums;
}

function processIds(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
