import type { OutboxRow } from './relay-store.ts';

/** Messages in memory: one queue per aggregate, of which at most the first is on its way. */
export class RowQueues {
  /** Positions that are in memory, or published and not deleted yet. */
  readonly known = new Set<number>();
  /**
   * Grows whenever messages are forgotten. A page that was asked for before does not know that they wait again: those behind
   * them in it must not go first.
   */
  forgotten = 0;
  private readonly laneOf: (subject: string) => string;
  private readonly queues = new Map<string, Queue>();
  /** Aggregates whose first message may go, by lane. */
  private readonly ready = new Map<string, string[]>();
  private count = 0;
  private size = 0;

  constructor(laneOf: (subject: string) => string) {
    this.laneOf = laneOf;
  }

  /** Messages that are not on their way yet. */
  get unsent(): number {
    return this.count;
  }

  /** Bytes of those. */
  get unsentBytes(): number {
    return this.size;
  }

  /** Lanes with messages that may go. */
  get lanes(): readonly string[] {
    return [...this.ready.keys()];
  }

  /** Appends a message to those of its aggregate. */
  add(row: OutboxRow): void {
    this.known.add(row.position);
    this.countIn(row);
    const queue = this.queues.get(row.aggregate);
    if (queue !== undefined) {
      queue.rows.push(row);
      return;
    }
    this.queues.set(row.aggregate, { rows: [row], sending: false });
    this.offer(row);
  }

  /** The next message of a lane, which is on its way then. */
  take(lane: string): OutboxRow | undefined {
    const ready = this.ready.get(lane);
    while (ready !== undefined && ready.length > 0) {
      const queue = this.queues.get(ready.shift() ?? '');
      const row = queue?.sending === false ? queue.rows[0] : undefined;
      if (queue === undefined || row === undefined || this.laneOf(row.subject) !== lane) continue;
      queue.sending = true;
      this.countOut(row);
      return row;
    }
    this.ready.delete(lane);
    return undefined;
  }

  /** A message has left its queue, and the next one of its aggregate may go. Its position stays known. */
  leave(row: OutboxRow): void {
    const queue = this.queues.get(row.aggregate);
    if (queue?.rows[0] !== row) return;
    queue.rows.shift();
    queue.sending = false;
    const next = queue.rows.at(0);
    if (next === undefined) this.queues.delete(row.aggregate);
    else this.offer(next);
  }

  /** A message that was on its way waits again as the first of its aggregate. */
  giveBack(row: OutboxRow): void {
    const queue = this.queues.get(row.aggregate);
    if (queue?.rows[0] !== row) return;
    queue.sending = false;
    this.countIn(row);
    this.offer(row);
  }

  /** Forgets a message that was on its way and all that wait behind it. */
  forgetWith(row: OutboxRow): void {
    const queue = this.queues.get(row.aggregate);
    if (queue?.rows[0] !== row) return;
    this.forgotten += 1;
    this.queues.delete(row.aggregate);
    for (const behind of queue.rows.slice(1)) this.countOut(behind);
    for (const { position } of queue.rows) this.known.delete(position);
  }

  /** Forgets what waits in queues whose next message is of a lane. Returns the lowest position. */
  forgetLane(lane: string): number | undefined {
    return this.forgetWhere((next) => this.laneOf(next.subject) === lane);
  }

  /** Forgets everything that is not on its way. */
  forgetUnsent(): void {
    this.forgetWhere(() => true);
    this.ready.clear();
  }

  private forgetWhere(wanted: (next: OutboxRow) => boolean): number | undefined {
    let lowest: number | undefined;
    for (const [aggregate, queue] of this.queues) {
      const first = queue.sending ? 1 : 0;
      const next = queue.rows[first];
      if (next === undefined || !wanted(next)) continue;
      this.forgotten += 1;
      for (const row of queue.rows.splice(first)) {
        const { position } = row;
        this.known.delete(position);
        this.countOut(row);
        lowest = Math.min(lowest ?? position, position);
      }
      if (!queue.sending) this.queues.delete(aggregate);
    }
    return lowest;
  }

  private countIn({ envelope }: OutboxRow): void {
    this.count += 1;
    this.size += envelope.length;
  }

  private countOut({ envelope }: OutboxRow): void {
    this.count -= 1;
    this.size -= envelope.length;
  }

  private offer({ subject, aggregate }: OutboxRow): void {
    const lane = this.laneOf(subject);
    const ready = this.ready.get(lane);
    if (ready === undefined) this.ready.set(lane, [aggregate]);
    else ready.push(aggregate);
  }
}

interface Queue {
  readonly rows: OutboxRow[];
  /** Whether the first one is on its way. */
  sending: boolean;
}
