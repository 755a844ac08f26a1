/**
 * What runs the pods of a service. All shapes share the plan, the faults and the manifests of this folder; a shape only
 * says what differs.
 */
import type { Fault } from '#env';
import { scheduleProblem } from '#manifests';

/** When and how often the pods of a Job run. */
export interface JobOptions {
  /**
   * Pods that may fail before the Job counts as failed.
   * @default 3
   */
  readonly backoffLimit?: number;
  /**
   * Seconds after which the Job is ended as failed, however many pods it had.
   * @default - no limit
   */
  readonly activeDeadlineSeconds?: number;
  /**
   * Pods that must succeed.
   * @default 1
   */
  readonly completions?: number;
  /**
   * Pods that may run at once.
   * @default 1
   */
  readonly parallelism?: number;
}

/** When a CronJob starts its Jobs. */
export interface CronOptions {
  /** Minute, hour, day of the month, month and day of the week, such as `0 3 * * *`. */
  readonly schedule: string;
  /**
   * Time zone of the schedule, such as `Europe/Berlin`.
   * @default - that of the cluster's controller manager, usually UTC
   */
  readonly timeZone?: string;
  /**
   * What happens if the last run is not over.
   * @default 'Forbid'
   */
  readonly concurrencyPolicy?: 'Forbid' | 'Replace' | 'Allow';
  /**
   * Seconds that a run may start late; a later one is left out.
   * @default - no limit
   */
  readonly startingDeadlineSeconds?: number;
  /**
   * Whether no run starts for now.
   * @default false
   */
  readonly suspend?: boolean;
  /**
   * Succeeded Jobs that are kept.
   * @default 3
   */
  readonly successfulJobsHistoryLimit?: number;
  /**
   * Failed Jobs that are kept.
   * @default 1
   */
  readonly failedJobsHistoryLimit?: number;
}

/** What runs the pods. */
export type PodShape =
  /** `serves`: behind a Service, so that a route may lead to it. */
  | { readonly kind: 'Deployment'; readonly serves: boolean }
  | { readonly kind: 'Job'; readonly job: JobOptions; readonly ttlSecondsAfterFinished: number }
  | { readonly kind: 'CronJob'; readonly job: JobOptions; readonly cron: CronOptions };

/** Longest name of an object whose pods carry it in a label, less the hash of a Job or the time of a CronJob's run. */
const LONGEST_NAMES = { Deployment: 63, Job: 54, CronJob: 52 } as const;

/** Whether the pods run until they are told to end. */
export function keepsRunning({ kind }: PodShape): boolean {
  return kind === 'Deployment';
}

/** Longest name that an object of this shape may have. */
export function longestName({ kind }: PodShape): number {
  return LONGEST_NAMES[kind];
}

/** What is wrong with the numbers of a Job or CronJob. */
export function shapeFaults(shape: PodShape, place: string): readonly Fault[] {
  if (shape.kind === 'Deployment') return [];
  const { backoffLimit, completions, parallelism, activeDeadlineSeconds } = shape.job;
  const fromZero = {
    backoffLimit,
    parallelism,
    ...(shape.kind === 'Job'
      ? { ttlSecondsAfterFinished: shape.ttlSecondsAfterFinished }
      : {
          successfulJobsHistoryLimit: shape.cron.successfulJobsHistoryLimit,
          failedJobsHistoryLimit: shape.cron.failedJobsHistoryLimit,
          startingDeadlineSeconds: shape.cron.startingDeadlineSeconds,
        }),
  };
  const schedule = shape.kind === 'CronJob' ? scheduleProblem(shape.cron.schedule) : undefined;
  return [
    ...(schedule === undefined ? [] : [{ rule: 'cron-schedule', place, message: schedule }]),
    ...numberFaults(fromZero, 0, place),
    ...numberFaults({ completions, activeDeadlineSeconds }, 1, place),
  ];
}

function numberFaults(numbers: Readonly<Record<string, number | undefined>>, least: number, place: string): Fault[] {
  return Object.entries(numbers).flatMap(([name, value]) =>
    value === undefined || (Number.isInteger(value) && value >= least)
      ? []
      : [{ rule: 'job', place, message: `${name} is ${value}, must be an integer of at least ${least}` }],
  );
}
