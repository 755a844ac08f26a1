/**
 * Publishes the outbox. Of all processes of a service one does so, by a lease. It reads pages in the order of positions,
 * publishes at most one message of each aggregate at once, and deletes what the stream has acknowledged. Each relay sends
 * a message only after the one before it was acknowledged, so the order does not depend on the lease: it only saves double work.
 *
 * Nothing in the database is held while NATS is awaited. Its statements run one after another on one connection, so a page never
 * shows a message that was deleted in the meantime.
 */
import { randomUUID } from 'node:crypto';
import { textOf } from '../dependency.ts';
import { endsWithin } from '../ends-within.ts';
import type { Logger } from '../log.ts';
import { DelayedMessages } from './delayed-messages.ts';
import { Dispatch, type OutboxPublisher, type RefusedRow } from './dispatch.ts';
import { OutboxReader } from './outbox-reader.ts';
import type { RelayConnection } from './relay-connection.ts';
import { RelayStore } from './relay-store.ts';

/** A relay that runs. */
export interface Relay {
  /** When it last did what it is there for: it looked at the outbox, or another process has the lease. */
  readonly lastSuccess: Date | undefined;
  /** Milliseconds that its present step has taken, or since it died; undefined while it rests. */
  readonly stepMs: number | undefined;
  /** Looks at once; called after each commit that wrote a message. */
  wake(): void;
  /** Tries at once what was put off; called when NATS is back. */
  retry(): void;
  /** Waits a moment for what is on its way, gives the lease back and ends. */
  stop(): Promise<void>;
}

/** How a relay runs. */
export interface RelayOptions {
  readonly connection: RelayConnection;
  readonly publisher: OutboxPublisher;
  /** Messages of one lane are refused together. */
  readonly laneOf: (subject: string) => string;
  /** Milliseconds between two looks when nobody wakes it; finds what other processes wrote. */
  readonly pollMs: number;
  readonly log: Logger;
  /** Called with the number of messages that were parked. @default - nobody */
  readonly onParked?: (count: number) => void;
  /** Milliseconds after which another relay takes over from one that was killed. @default 3000 */
  readonly leaseMs?: number;
}

const LEASE_MS = 3000;
const STEP_STATEMENTS = 12;
/** Published messages are deleted so many at a time, or after a moment. */
const BATCH = 500;
const MOMENT_MS = 8;
/** After so long without a message it looks less often. */
const IDLE_AFTER_MS = 10_000;
const IDLE_POLL_MS = 100;
const LONGEST_PAUSE_MS = 2000;
const STOP_MS = 3000;
const PARKED = 'messages of the outbox were parked: see docs/runtime.md, and send or drop them';

/** Starts a relay. It never gives up: what was committed is published, parked, or tried again. */
export function startRelay(options: RelayOptions): Relay {
  return new OutboxRelay(options);
}

class OutboxRelay implements Relay {
  lastSuccess: Date | undefined;
  private readonly options: RelayOptions;
  private readonly leaseMs: number;
  private readonly store: RelayStore;
  private readonly dispatch: Dispatch;
  private readonly reader: OutboxReader;
  private readonly delayed: DelayedMessages;
  private readonly ended: Promise<void>;
  /** When the present step began. */
  private stepSince: number | undefined;
  private leader = false;
  private leaseUntil = 0;
  private leaseAt = 0;
  private leaseTookMs = 0;
  private stopped = false;
  private awake = true;
  private ring = (): void => undefined;

  constructor(options: RelayOptions) {
    this.options = options;
    this.leaseMs = options.leaseMs ?? LEASE_MS;
    this.store = new RelayStore(options.connection, randomUUID());
    this.dispatch = new Dispatch({
      ...options,
      maySend: () => this.leader && performance.now() < this.leaseUntil,
      rewind: (position) => this.reader.rewind(position),
      onOutcome: () => this.onOutcome(),
    });
    this.reader = new OutboxReader(this.store, this.dispatch, options.log);
    this.delayed = new DelayedMessages(this.store, options.log);
    this.ended = this.run().catch((err: unknown) => {
      // a step's errors are caught: this is a fault of the relay itself, which only a restart mends
      this.stepSince ??= performance.now();
      options.log.error({ err }, 'the relay of the outbox has ended');
    });
  }

  get stepMs(): number | undefined {
    return this.stepSince === undefined ? undefined : performance.now() - this.stepSince;
  }

  wake(): void {
    this.awake = true;
    this.ring();
  }

  retry(): void {
    this.dispatch.retryAll();
    this.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.ring();
    await this.ended;
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopped) {
      this.awake = false;
      this.stepSince = performance.now();
      try {
        await this.step();
        this.lastSuccess = new Date();
        failures = 0;
      } catch (error) {
        failures += 1;
        this.options.log.warn({ reason: textOf(error), failures }, 'the outbox cannot be read, tries again');
        this.reader.failed(error);
      }
      this.stepSince = undefined;
      await this.wait(failures === 0 ? this.restMs() : Math.min(100 * 2 ** failures, LONGEST_PAUSE_MS), failures > 0);
    }
    await this.end();
  }

  private async step(): Promise<void> {
    if (performance.now() >= this.leaseAt) await this.lease();
    await this.writeOutcomes();
    if (!this.leader) return;
    this.dispatch.tick();
    if ((await this.delayed.move()) > 0) this.awake = true;
    await this.retryPutOffs();
    await this.reader.read();
    this.dispatch.pump();
  }

  /** Takes or extends the lease. Who gains or loses it starts again. */
  private async lease(): Promise<void> {
    const askedAt = performance.now();
    // where PostgreSQL is slow, a step takes many times as long as this statement: the lease must outlive it
    const leaseMs = Math.max(this.leaseMs, STEP_STATEMENTS * this.leaseTookMs);
    const leader = await this.store.takeLease(leaseMs);
    this.leaseTookMs = performance.now() - askedAt;
    this.leaseAt = askedAt + leaseMs / 3;
    if (leader) this.leaseUntil = askedAt + leaseMs;
    if (leader === this.leader) return;
    this.dispatch.queues.forgetUnsent();
    if (leader) {
      const putOffs = await this.store.putOffs();
      this.dispatch.putOffs.load(putOffs, this.options.laneOf, performance.now());
      this.reader.reset();
    }
    this.leader = leader;
    this.options.log.debug({ leader }, 'the lease of the outbox has changed');
  }

  /** Writes down what became of messages. */
  private async writeOutcomes(): Promise<void> {
    const { dispatch, store } = this;
    const { known } = dispatch.queues;
    const forget = (gone: readonly number[]): void => gone.forEach((position) => known.delete(position));
    await dispatch.failed.write(async (rows) => {
      // another relay counts its own attempts
      if (this.leader) await store.putOff(rows);
      return [];
    });
    await dispatch.resolved.write(async (positions) => {
      await store.forgetPutOff(positions);
      return [];
    });
    await dispatch.refused.write(async (rows) => {
      forget(await store.park(rows));
      this.tellParked(rows.filter(({ position }) => !known.has(position)));
      return rows.filter(({ position }) => known.has(position));
    });
    await dispatch.stored.write(async (positions) => {
      forget(await store.finish(positions));
      return positions.filter((position) => known.has(position));
    });
  }

  private tellParked(rows: readonly RefusedRow[]): void {
    const { log, onParked, laneOf } = this.options;
    onParked?.(rows.length);
    for (const [subject, messages] of countBy(rows.map((row) => laneOf(row.subject)))) {
      const first = rows.find((row) => laneOf(row.subject) === subject);
      log.error({ subject, messages, messageId: first?.messageId, reason: first?.reason }, PARKED);
    }
  }

  private async retryPutOffs(): Promise<void> {
    const { dispatch } = this;
    const due = dispatch.putOffs.due(performance.now()).filter(({ lane }) => dispatch.mayRetry(lane));
    if (due.length === 0) return;
    const { rows, there } = await this.store.rowsAt(due.map(({ position }) => position));
    const fetched = new Map(rows.map((row) => [row.position, row]));
    for (const { position, lane } of due) {
      const row = fetched.get(position);
      if (!there.has(position)) {
        // somebody else has published or dropped it
        dispatch.putOffs.delete(position);
        dispatch.resolved.push(position);
        this.reader.rewind(position);
      } else if (row !== undefined && dispatch.mayRetry(lane)) {
        dispatch.retry(row);
      }
    }
  }

  private onOutcome(): void {
    if (this.dispatch.stored.length >= BATCH || this.reader.isLow) this.ring();
  }

  /** Milliseconds until the next step. */
  private restMs(): number {
    const { dispatch, reader } = this;
    if (this.leader && reader.backlog && reader.hasRoom) return 0;
    if (dispatch.stored.length + dispatch.inFlight > 0 || reader.backlog) return MOMENT_MS;
    const idle = performance.now() - reader.foundAt > IDLE_AFTER_MS;
    return idle ? Math.max(this.options.pollMs, IDLE_POLL_MS) : this.options.pollMs;
  }

  private async wait(ms: number, deaf: boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.ring = () => {
        if (deaf && !this.stopped) return;
        clearTimeout(timer);
        resolve();
      };
      if (this.stopped || this.awake) this.ring();
    });
  }

  private async end(): Promise<void> {
    this.dispatch.queues.forgetUnsent();
    await endsWithin(STOP_MS, this.dispatch.settled());
    try {
      await this.writeOutcomes();
      await this.store.giveLeaseBack();
    } catch (error) {
      this.options.log.warn({ reason: textOf(error) }, 'the lease of the outbox was not given back');
    }
    await this.options.connection.close();
  }
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
