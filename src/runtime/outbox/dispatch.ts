/** What a relay has in memory, and its publishing: which message goes next, and what its outcome means for those behind it. */
import { encodeEnvelope, type Envelope } from '#declare';
import { textOf } from '../dependency.ts';
import type { Logger } from '../log.ts';
import { Lane, pauseMs } from './lane.ts';
import { Outcomes } from './outcomes.ts';
import { failureKindOf } from './publish-failure.ts';
import { PutOffs } from './put-offs.ts';
import type { OutboxRow, PageRow } from './relay-store.ts';
import { RowQueues } from './row-queues.ts';

/** A message that a relay sends. */
export interface SendableMessage {
  readonly subject: string;
  readonly messageId: string;
  readonly envelope: Envelope;
  /** The envelope as it is published. */
  readonly bytes: Uint8Array;
}

/** Publishes for a relay. */
export interface OutboxPublisher {
  /** Whether the server is there at this moment. */
  readonly connected: boolean;
  /** Resolves when the stream has the message. What it throws is a `PublishFailure`, or transient. */
  publish(message: SendableMessage): Promise<void>;
}

/** A message to be put off. */
export interface FailedRow {
  readonly position: number;
  readonly attempts: number;
  readonly inMs: number;
  readonly reason: string;
}

/** A message to be parked. */
export interface RefusedRow extends OutboxRow {
  readonly reason: string;
}

/** What a dispatch needs of its relay. */
export interface DispatchOptions {
  readonly publisher: OutboxPublisher;
  /** Messages of one lane are refused together. */
  readonly laneOf: (subject: string) => string;
  readonly log: Logger;
  /** Whether the lease still holds. */
  readonly maySend: () => boolean;
  /** Has what is above a position read again. */
  readonly rewind: (position: number) => void;
  /** Called when there is something to store. */
  readonly onOutcome: () => void;
  readonly now?: () => number;
  readonly random?: () => number;
}

/** Messages on their way in lanes that answer; those of silent lanes are not counted. */
const MOST_IN_FLIGHT = 1000;
const MOST_BYTES_IN_FLIGHT = 16 * 1024 * 1024;
/** Messages of one lane that are tried again by themselves; beyond that the lane closes. */
const MOST_PUT_OFF = 64;
const REASON_LENGTH = 500;

/** Publishes what it is given, in the order of each aggregate. */
export class Dispatch {
  readonly queues: RowQueues;
  readonly putOffs = new PutOffs();
  /** Published, and to be deleted. */
  readonly stored = new Outcomes<number>();
  /** To be parked. */
  readonly refused = new Outcomes<RefusedRow>();
  /** To be written down as put off. */
  readonly failed = new Outcomes<FailedRow>();
  /** No longer put off. */
  readonly resolved = new Outcomes<number>();
  private readonly lanes = new Map<string, Lane>();
  private readonly options: DispatchOptions;
  private readonly now: () => number;
  private readonly random: () => number;
  private readonly underway = new Set<Promise<void>>();

  constructor(options: DispatchOptions) {
    this.options = options;
    this.now = options.now ?? (() => performance.now());
    this.random = options.random ?? Math.random;
    this.queues = new RowQueues(options.laneOf);
  }

  get inFlight(): number {
    return this.underway.size;
  }

  /** Position below which nothing was passed over. */
  get lowestPassed(): number {
    return Math.min(this.putOffs.lowest, ...[...this.lanes.values()].map(({ skippedFrom }) => skippedFrom));
  }

  /** Takes in messages in the order of positions; those that have to wait are passed over. Returns how many it took in. */
  admit(rows: readonly PageRow[]): number {
    const passed = new Set<string>();
    let admitted = 0;
    for (const row of rows) {
      const { position, aggregate } = row;
      if (this.queues.known.has(position)) continue;
      const lane = this.laneOf(row);
      if (row.held || passed.has(aggregate) || this.putOffs.has(position) || !lane.open) {
        passed.add(aggregate);
        if (!lane.open) lane.skip(position);
        continue;
      }
      this.queues.add(row);
      admitted += 1;
    }
    return admitted;
  }

  /** Publishes what may go. */
  pump(): void {
    const { publisher, maySend } = this.options;
    if (!publisher.connected || !maySend()) return;
    for (const name of this.queues.lanes) {
      const lane = this.laneNamed(name);
      while (lane.hasRoom && this.hasRoom) {
        const row = this.queues.take(name);
        if (row === undefined) break;
        this.send(row, lane);
      }
    }
  }

  /** Whether a message that was put off may be tried now. */
  mayRetry(laneName: string): boolean {
    const { publisher, maySend } = this.options;
    return publisher.connected && maySend() && this.laneNamed(laneName).mayRetry;
  }

  /** Tries a message that was put off. */
  retry(row: OutboxRow): void {
    this.putOffs.sent(row.position);
    this.send(row, this.laneOf(row));
  }

  /** Has lanes fall silent; opens those that nothing else would open: what they waited for was lost with the connection. */
  tick(): void {
    for (const [name, lane] of this.lanes) {
      if (lane.fellSilent(this.now())) this.passOver(name, lane);
      if (lane.isStuck(this.putOffs.countOf(name))) this.rewindTo(lane.reopen());
    }
  }

  /** Ends the pauses of all that was put off: the connection is back. */
  retryAll(): void {
    this.putOffs.retryAll(this.now());
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.underway);
  }

  private get hasRoom(): boolean {
    let [count, bytes] = [0, 0];
    for (const lane of this.lanes.values()) {
      if (!lane.open) continue;
      count += lane.inFlight;
      bytes += lane.bytesInFlight;
    }
    return count < MOST_IN_FLIGHT && bytes < MOST_BYTES_IN_FLIGHT;
  }

  private laneOf({ subject }: OutboxRow): Lane {
    return this.laneNamed(this.options.laneOf(subject));
  }

  private laneNamed(name: string): Lane {
    const known = this.lanes.get(name);
    if (known !== undefined) return known;
    const lane = new Lane();
    this.lanes.set(name, lane);
    return lane;
  }

  private send(row: OutboxRow, lane: Lane): void {
    lane.sent(this.now(), row.envelope.length);
    const { subject, messageId } = row;
    const envelope = JSON.parse(row.envelope) as Envelope;
    const bytes = encodeEnvelope(envelope);
    const sending = this.options.publisher.publish({ subject, messageId, envelope, bytes }).then(
      () => this.onStored(row, lane),
      (error: unknown) => this.onFailed(row, lane, error),
    );
    const counted = sending.finally(() => {
      this.underway.delete(counted);
    });
    this.underway.add(counted);
  }

  private onStored(row: OutboxRow, lane: Lane): void {
    this.rewindTo(lane.stored(this.now(), row.envelope.length));
    this.stored.push(row.position);
    this.goOn(row);
  }

  private onFailed(row: OutboxRow, lane: Lane, error: unknown): void {
    const kind = failureKindOf(error);
    const reason = textOf(error).slice(0, REASON_LENGTH);
    if (kind === 'away') {
      lane.settled(this.now(), row.envelope.length);
      if (this.putOffs.has(row.position)) this.putOffs.giveBack(row.position);
      else this.queues.giveBack(row);
    } else if (kind === 'permanent') {
      lane.settled(this.now(), row.envelope.length);
      this.refused.push({ ...row, reason });
      this.goOn(row);
    } else {
      this.putOff(row, lane, reason);
    }
    this.options.onOutcome();
  }

  /** A message has its outcome: those behind it go. */
  private goOn(row: OutboxRow): void {
    if (this.putOffs.has(row.position)) {
      this.putOffs.delete(row.position);
      this.resolved.push(row.position);
      this.queues.known.add(row.position);
      this.options.rewind(row.position);
    } else {
      this.queues.leave(row);
    }
    this.pump();
    this.options.onOutcome();
  }

  private putOff(row: OutboxRow, lane: Lane, reason: string): void {
    const { position } = row;
    const name = this.options.laneOf(row.subject);
    const wasClosed = lane.closed;
    let closes = lane.failed(this.now(), row.envelope.length);
    const before = this.putOffs.get(position);
    if (before === undefined) this.queues.forgetWith(row);
    if (before !== undefined || (!wasClosed && this.putOffs.countOf(name) < MOST_PUT_OFF)) {
      const attempts = (before?.attempts ?? 0) + 1;
      const inMs = pauseMs(attempts, this.random);
      this.putOffs.set({ position, lane: name, attempts, nextAt: this.now() + inMs });
      this.failed.push({ position, attempts, inMs, reason });
    } else {
      lane.skip(position);
      closes ||= !wasClosed;
      lane.close();
    }
    if (!closes) return;
    this.options.log.warn({ subject: name, reason }, 'messages of the outbox are put off, tries again');
    this.passOver(name, lane);
  }

  /** Forgets what waits for a lane that is not open: it is read again later. */
  private passOver(name: string, lane: Lane): void {
    const lowest = this.queues.forgetLane(name);
    if (lowest !== undefined) lane.skip(lowest);
  }

  private rewindTo(skippedFrom: number | undefined): void {
    if (skippedFrom !== undefined) this.options.rewind(skippedFrom - 1);
  }
}
