import type { PutOffRow } from './relay-store.ts';

/** A message that is tried again by itself. */
export interface PutOff {
  readonly position: number;
  readonly lane: string;
  readonly attempts: number;
  readonly nextAt: number;
}

/** Messages that could not be published and wait for their next attempt; later ones of their aggregates wait with them. */
export class PutOffs {
  private readonly rows = new Map<number, PutOff>();
  private readonly sending = new Set<number>();

  has(position: number): boolean {
    return this.rows.has(position);
  }

  get(position: number): PutOff | undefined {
    return this.rows.get(position);
  }

  set(row: PutOff): void {
    this.rows.set(row.position, row);
    this.sending.delete(row.position);
  }

  delete(position: number): void {
    this.rows.delete(position);
    this.sending.delete(position);
  }

  countOf(lane: string): number {
    return [...this.rows.values()].filter((row) => row.lane === lane).length;
  }

  get lowest(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.rows.keys());
  }

  /** Positions whose time has come. */
  due(now: number): readonly PutOff[] {
    return [...this.rows.values()].filter(({ position, nextAt }) => nextAt <= now && !this.sending.has(position));
  }

  sent(position: number): void {
    this.sending.add(position);
  }

  /** It was not an attempt: the connection was lost. */
  giveBack(position: number): void {
    this.sending.delete(position);
  }

  /** Ends all pauses. */
  retryAll(now: number): void {
    for (const row of this.rows.values()) this.rows.set(row.position, { ...row, nextAt: Math.min(row.nextAt, now) });
  }

  /** Replaces all that is not on its way by what the table says. */
  load(stored: readonly PutOffRow[], laneOf: (subject: string) => string, now: number): void {
    for (const position of this.rows.keys()) if (!this.sending.has(position)) this.rows.delete(position);
    for (const { position, subject, attempts, inMs } of stored) {
      if (!this.rows.has(position)) this.set({ position, lane: laneOf(subject), attempts, nextAt: now + inMs });
    }
  }
}
