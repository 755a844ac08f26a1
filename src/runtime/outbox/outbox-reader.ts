/** Reads the outbox into the memory of a relay: in passes from the safe floor, and what is newer beside a backlog. */
import { textOf } from '../dependency.ts';
import type { Logger } from '../log.ts';
import { unavailabilityOf } from '../unavailable.ts';
import type { Dispatch } from './dispatch.ts';
import { FreshPlace } from './fresh-place.ts';
import { MOST_READ_BYTES, type OutboxRow, type Page, type RelayStore } from './relay-store.ts';
import { SafeFloor } from './safe-floor.ts';
import { ScanPlace } from './scan-place.ts';
import { StepSize, type StepLimits } from './step-size.ts';

const PAGE: StepLimits = { rows: 500, bytes: MOST_READ_BYTES, reach: 100_000 };
/** Pages grow up to so many messages while most of them have to wait. */
const MOST_ROWS = 5000;
/** Messages in memory that are not on their way, and their size. */
const MOST_UNSENT = 1000;
const MOST_UNSENT_BYTES = 16 * 1024 * 1024;
/** Everything is read again now and then, in case positions were set back. */
const READ_ALL_MS = 30_000;
/** It rests so many times as long as reading everything took. */
const READ_ALL_REST = 20;
const HELD_BACK_MS = 10_000;

/** The reading side of a relay. */
export class OutboxReader {
  /** Whether there is more to read than fits into memory. */
  backlog = false;
  /** When it last found a message. */
  foundAt = 0;
  private readonly store: RelayStore;
  private readonly dispatch: Dispatch;
  private readonly log: Logger;
  private readonly scan = new ScanPlace();
  private readonly fresh = new FreshPlace();
  private readonly floor = new SafeFloor();
  private readAllAt = 0;
  private readAllSince = 0;
  private warnedAt = 0;
  private lastSeen = 0;
  private readonly size = new StepSize(PAGE);
  private readonly freshSize = new StepSize(PAGE);

  constructor(store: RelayStore, dispatch: Dispatch, log: Logger) {
    this.store = store;
    this.dispatch = dispatch;
    this.log = log;
  }

  /** Whether memory has room for a page. */
  get hasRoom(): boolean {
    return this.isBelow(1);
  }

  /** Whether it is time to read, with a backlog. */
  get isLow(): boolean {
    return this.backlog && this.isBelow(1 / 2);
  }

  /** Has what is above a position read again. */
  rewind(position: number): void {
    this.scan.rewind(position);
  }

  /**
   * A step failed, so the next one is smaller. When a statement took too long, it goes on where it was. Otherwise it starts
   * again, also with what it knew of the database: another server may know less.
   */
  failed(error: unknown): void {
    this.size.failed();
    if (isSlow(error)) return;
    this.reset();
  }

  /** Starts again from the beginning. */
  reset(): void {
    this.floor.reset();
    this.fresh.end();
    this.readAll();
  }

  /** Reads a page, and one of what is newer than a backlog. */
  async read(): Promise<void> {
    if (performance.now() >= this.readAllAt) this.readAll();
    if (this.hasRoom) await this.readPage();
    if (this.backlog) await this.readFreshApart();
  }

  private isBelow(share: number): boolean {
    const { unsent, unsentBytes } = this.dispatch.queues;
    return unsent < MOST_UNSENT * share && unsentBytes < MOST_UNSENT_BYTES * share;
  }

  private async readPage(): Promise<void> {
    const { dispatch, scan } = this;
    await this.askForFloor();
    const { turn, at: from } = scan;
    const { forgotten } = dispatch.queues;
    const { safe } = this.floor;
    scan.begin(safe);
    const { rows: limit } = this.size;
    const page = await this.pageFrom(from, dispatch.lowestPassed - 1, this.size);
    // what it would pass over may be wanted by now, and what it would take may have to wait
    if (turn !== scan.turn || forgotten !== dispatch.queues.forgotten) return;
    const admitted = dispatch.admit(page.rows);
    scan.read(page.end, safe);
    this.see(page.rows.at(-1)?.position);
    this.backlog = Number.isFinite(page.end);
    this.size.wantRows(this.backlog && admitted < limit / 10 ? Math.min(limit * 2, MOST_ROWS) : PAGE.rows);
    if (admitted > 0) this.foundAt = performance.now();
    if (!this.backlog) this.readToEnd();
  }

  /** The backlog goes on where looking beside it takes too long. */
  private async readFreshApart(): Promise<void> {
    try {
      await this.readFresh();
    } catch (error) {
      if (!isSlow(error)) throw error;
      this.freshSize.failed();
      this.fresh.rest(performance.now());
      this.log.warn({ reason: textOf(error) }, 'messages newer than the backlog of the outbox wait for it');
    }
  }

  /** Beside a backlog, what is newer goes as well, unless older messages of the same aggregate wait. */
  private async readFresh(): Promise<void> {
    const { dispatch, scan, fresh } = this;
    const { safe } = this.floor;
    const { turn } = scan;
    const { forgotten } = dispatch.queues;
    const from = fresh.begin(scan, safe, performance.now());
    if (from === undefined || !this.isBelow(2)) return;
    await this.askForFloor();
    const heldAbove = Math.min(scan.floor, dispatch.lowestPassed - 1);
    const page = await this.pageFrom(from, heldAbove, this.freshSize);
    if (turn !== scan.turn || forgotten !== dispatch.queues.forgotten) return;
    dispatch.admit(page.rows);
    const last = page.rows.at(-1)?.position;
    fresh.read(page.end, safe);
    this.see(last);
    const held = fresh.pullable(page.rows.filter((row) => row.held).map(({ aggregate }) => aggregate));
    if (held.length === 0 || last === undefined) return;
    const pulled = await this.store.pull(held, heldAbove, last, fresh.mostOlder + 1);
    if (turn !== scan.turn || forgotten !== dispatch.queues.forgotten) return;
    const olderOf = byAggregate(pulled);
    for (const aggregate of held) {
      const rows = olderOf.get(aggregate) ?? [];
      if (fresh.mayPull(aggregate, rows)) dispatch.admit(rows.map((row) => ({ ...row, held: false })));
    }
  }

  /** Reads a page, and sizes the next one by how long it took. */
  private async pageFrom(from: number, heldAbove: number, size: StepSize): Promise<Page> {
    const { reach } = size;
    const startedAt = performance.now();
    const page = await this.store.page({ from, limits: size, heldAbove, known: this.dispatch.queues.known });
    size.succeeded(performance.now() - startedAt, { reachedAll: page.end === from + reach });
    return page;
  }

  /** Asks up to where nothing is to come, when it has seen more than that. */
  private async askForFloor(): Promise<void> {
    const { floor, log } = this;
    const now = performance.now();
    if (this.lastSeen > floor.safe || floor.safe === 0) {
      const last = await this.store.lastPosition();
      floor.note(last, last === 0 ? [] : await this.store.writers(), now);
    }
    const since = floor.heldSince ?? now;
    if (now - since < HELD_BACK_MS || now - this.warnedAt < HELD_BACK_MS) return;
    this.warnedAt = now;
    const seconds = Math.round((now - since) / 1000);
    log.warn({ seconds }, 'a transaction that wrote to the outbox stays open and slows the relay down');
  }

  private readAll(): void {
    this.readAllSince = performance.now();
    this.readAllAt = Number.POSITIVE_INFINITY;
    this.scan.rewind(0);
  }

  /** The end was reached. Everything is read again later, and the later the longer it took. */
  private readToEnd(): void {
    this.fresh.end();
    if (this.readAllAt !== Number.POSITIVE_INFINITY) return;
    const now = performance.now();
    this.readAllAt = now + Math.max(READ_ALL_MS, (now - this.readAllSince) * READ_ALL_REST);
  }

  private see(position: number | undefined): void {
    this.lastSeen = Math.max(this.lastSeen, position ?? 0);
  }
}

function isSlow(error: unknown): boolean {
  return unavailabilityOf(error)?.kind === 'slow';
}

function byAggregate(rows: readonly OutboxRow[]): ReadonlyMap<string, OutboxRow[]> {
  const groups = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const group = groups.get(row.aggregate);
    if (group === undefined) groups.set(row.aggregate, [row]);
    else group.push(row);
  }
  return groups;
}
