import { Counter } from 'prom-client';
import type { BeatOutcome } from './beats/beat-buffer.ts';
import type { Service } from './service.ts';

/** What became of the beats that this process received. */
export interface BeatMetrics {
  counted(outcome: BeatOutcome): void;
  /** A beat was lost because Redis was away. */
  dropped(): void;
}

/** Counters of beats, on the service's page of metrics. */
export function metrics({ metrics: { registry } }: Service): BeatMetrics {
  const registers = [registry];
  const beats = new Counter({
    name: 'stats_beats_total',
    help: 'Player beats by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const lost = new Counter({
    name: 'stats_beats_dropped_total',
    help: 'Player beats dropped because Redis was unavailable',
    registers,
  });
  return {
    counted: (outcome) => beats.inc({ outcome }),
    dropped: () => lost.inc(),
  };
}
