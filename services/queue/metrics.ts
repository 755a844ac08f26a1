import { jobState, type JobState } from '#contracts';
import { Gauge } from 'prom-client';
import { countJobs } from './repository/jobs.ts';
import type { Service } from './service.ts';

/** Adds the jobs of the ledger by state to `/metrics`. */
export function metrics({ db, metrics: { registry } }: Service): void {
  new Gauge({
    name: 'queue_jobs',
    help: 'Jobs in the ledger by state',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      // without PostgreSQL the other figures are still wanted
      const { byState } = await countJobs(db).catch(() => ({ byState: {} as Partial<Record<JobState, number>> }));
      for (const state of jobState.options) this.set({ state }, byState[state] ?? 0);
    },
  });
}
