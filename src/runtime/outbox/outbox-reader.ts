/** Reads the outbox into the memory of a relay: in passes from the safe floor, and what is newer beside a backlog. */
import type { Logger } from '../log.ts';
import type { Dispatch } from './dispatch.ts';
import { FreshPlace } from './fresh-place.ts';
import type { OutboxRow, RelayStore } from './relay-store.ts';
import { SafeFloor } from './safe-floor.ts';
import { ScanPlace } from './scan-place.ts';

const PAGE = 500;
/** Pages grow up to this while most of their messages have to wait. */
const LARGEST_PAGE = 5000;
/** Messages in memory that are not on their way. */
const MOST_UNSENT = 1000;
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
  private pageSize = PAGE;

  constructor(store: RelayStore, dispatch: Dispatch, log: Logger) {
    this.store = store;
    this.dispatch = dispatch;
    this.log = log;
  }

  /** Whether memory has room for a page. */
  get hasRoom(): boolean {
    return this.dispatch.queues.unsent < MOST_UNSENT;
  }

  /** Whether it is time to read, with a backlog. */
  get isLow(): boolean {
    return this.backlog && this.dispatch.queues.unsent < MOST_UNSENT / 2;
  }

  /** Has what is above a position read again. */
  rewind(position: number): void {
    this.scan.rewind(position);
  }

  /** Starts again, also with what it knew of the database: another server may know less. */
  reset(): void {
    this.floor.reset();
    this.readAll();
  }

  /** Reads a page, and one of what is newer than a backlog. */
  async read(): Promise<void> {
    if (performance.now() >= this.readAllAt) this.readAll();
    if (this.hasRoom) await this.readPage();
    if (this.backlog) await this.readFresh();
  }

  private async readPage(): Promise<void> {
    const { dispatch, scan } = this;
    await this.askForFloor();
    const { turn, at: from } = scan;
    const { safe } = this.floor;
    scan.begin(safe);
    const limit = this.pageSize;
    const heldAbove = dispatch.lowestPassed - 1;
    const page = await this.store.page({ from, limit, heldAbove, known: dispatch.queues.known });
    // what it would pass over may be wanted by now
    if (turn !== scan.turn) return;
    const admitted = dispatch.admit(page.rows);
    const last = page.rows.at(-1)?.position;
    scan.read(last, page.full, safe);
    this.see(last);
    this.pageSize = page.full && admitted < limit / 10 ? Math.min(limit * 2, LARGEST_PAGE) : PAGE;
    this.backlog = page.full;
    if (admitted > 0) this.foundAt = performance.now();
    if (!page.full) this.readToEnd();
  }

  /** Beside a backlog, what is newer goes as well, unless older messages of the same aggregate wait. */
  private async readFresh(): Promise<void> {
    const { dispatch, scan, fresh } = this;
    const { safe } = this.floor;
    const { turn } = scan;
    const from = fresh.begin(scan, safe, performance.now());
    if (from === undefined || dispatch.queues.unsent >= 2 * MOST_UNSENT) return;
    await this.askForFloor();
    const heldAbove = Math.min(scan.floor, dispatch.lowestPassed - 1);
    const page = await this.store.page({ from, limit: PAGE, heldAbove, known: dispatch.queues.known });
    if (turn !== scan.turn) return;
    dispatch.admit(page.rows);
    const last = page.rows.at(-1)?.position;
    fresh.read(last, page.full, safe);
    this.see(last);
    const held = fresh.pullable(page.rows.filter((row) => row.held).map(({ aggregate }) => aggregate));
    if (held.length === 0 || last === undefined) return;
    const pulled = await this.store.pull(held, heldAbove, last, fresh.mostOlder + 1);
    if (turn !== scan.turn) return;
    for (const rows of byAggregate(pulled)) {
      if (fresh.mayPull(rows)) dispatch.admit(rows.map((row) => ({ ...row, held: false })));
    }
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

function byAggregate(rows: readonly OutboxRow[]): readonly OutboxRow[][] {
  const groups = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const group = groups.get(row.aggregate);
    if (group === undefined) groups.set(row.aggregate, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}
