/** How busy the machine was: the same small piece of work, done once a round. */
import { cpus } from 'node:os';
import { readFileSync } from 'node:fs';
import { relativeSpread, summaryOf } from './statistics.ts';

/** The machine as recorded in the JSON. */
export interface MachineRecord {
  readonly model: string;
  readonly cores: number;
  readonly node: string;
  /** Wall time of the piece of work over its CPU time: 1 on an idle machine. */
  readonly waiting: number;
  /** Spread of its CPU time, the middle half as a share of the median. */
  readonly spread: number;
  /** Why figures should not be trusted; empty on a quiet machine. */
  readonly noise: readonly string[];
}

/** Above this, others had the cores for a third of the time. */
const MOST_WAITING = 1.35;
/** Above this, the same work takes another time from round to round. */
const MOST_SPREAD = 0.12;
const WORK = 4_000_000;

/** Keeps the record. */
export class MachineWatch {
  private readonly waiting: number[] = [];
  private readonly cpu: number[] = [];

  /** Does the piece of work once, some 15 ms. */
  readonly sample = (): void => {
    const cpuBefore = process.cpuUsage();
    const before = performance.now();
    work();
    const wall = performance.now() - before;
    const { user, system } = process.cpuUsage(cpuBefore);
    const cpu = (user + system) / 1000;
    this.cpu.push(cpu);
    this.waiting.push(wall / cpu);
  };

  record(): MachineRecord {
    while (this.cpu.length < 5) this.sample();
    const waiting = summaryOf(this.waiting).median;
    const spread = relativeSpread(this.cpu);
    return {
      model: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      node: process.version,
      waiting: round(waiting),
      spread: round(spread),
      noise: [
        ...(waiting > MOST_WAITING ? [`others used the cores: the same work waited ${round(waiting)} times`] : []),
        ...(spread > MOST_SPREAD ? [`the same work varied by ${Math.round(spread * 100)} %`] : []),
      ],
    };
  }
}

/** Others' load, for the first line of a run. */
export function loadAverage(): string {
  try {
    return readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
  } catch {
    return 'unknown';
  }
}

let sink = 0;

function work(): void {
  let value = 1;
  for (let i = 0; i < WORK; i += 1) value = (value * 1103515245 + 12345) & 0x7fffffff;
  sink = value;
  if (sink < 0) throw new Error('cannot happen: the value is masked to 31 bits');
}

function round(figure: number): number {
  return Math.round(figure * 100) / 100;
}
