import type { Session } from '#services/platform';
import type { JobRow } from './repository/jobs.ts';

/** Whether a caller may read, cancel and retry a job: its owner and administrators may. */
export function mayHandle(job: JobRow, session: Session): boolean {
  return job.owner_id === session.userId || session.role === 'admin';
}
