import { mediaProgress, type ProcessingPhase, type videoProcess } from '#contracts';
import type { DataOf } from '#declare';
import type { Service } from '../service.ts';

/** Tells how far an attempt is: each new phase, and in between at most once an interval. What is lost does no harm. */
export class JobProgress {
  private readonly service: Service;
  private readonly job: DataOf<typeof videoProcess>;
  private readonly attempt: number;
  private sequence = 0;
  private phase: ProcessingPhase = 'probing';
  private percent = 0;
  private saidAt = 0;

  constructor(service: Service, job: DataOf<typeof videoProcess>, attempt: number) {
    this.service = service;
    this.job = job;
    this.attempt = attempt;
  }

  /** Tells a phase and how far it is all in all. */
  tell(phase: ProcessingPhase, percent: number): void {
    const now = performance.now();
    const isNew = phase !== this.phase || this.sequence === 0;
    this.phase = phase;
    this.percent = Math.max(this.percent, Math.round(percent * 10) / 10);
    if (!isNew && now - this.saidAt < this.service.config.PROGRESS_INTERVAL_MS) return;
    this.saidAt = now;
    this.say();
  }

  /** Tells that the revision is complete. */
  finish(): void {
    this.tell('done', 100);
  }

  /** Tells that the attempt ended without success, and why. */
  fail(problem: string): void {
    this.say(problem);
  }

  private say(problem?: string): void {
    const { jobId, run, videoId, ownerId } = this.job;
    this.sequence += 1;
    this.service.publishCore(mediaProgress, {
      aggregate: jobId,
      values: { user: ownerId, video: videoId },
      data: {
        ...{ jobId, run, videoId, ownerId },
        attempt: this.attempt,
        worker: this.service.config.POD_NAME,
        phase: this.phase,
        percent: this.percent,
        sequence: this.sequence,
        ...(problem === undefined ? {} : { problem }),
        at: new Date().toISOString(),
      },
    });
  }
}
