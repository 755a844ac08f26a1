/**
 * The end of a service, in reverse order of what stands on what: no new requests and streams of events end, consumers stop
 * pulling and finish or give back, responders finish, loops and relay finish, stores close. All of it within the grace of the manifest.
 */
import { setMaxListeners } from 'node:events';
import { endsWithin } from './ends-within.ts';
import type { Logger } from './log.ts';

/** Ends one part; `patienceMs` is how long it may take. */
export type End = (patienceMs: number) => Promise<void>;

interface Part {
  readonly name: string;
  readonly end: End;
}

/** Milliseconds that each part has at least, also when those before it have used up the grace. */
const LEAST_MS = 200;
/** Share of the grace after which running requests and handlers are asked to end. */
const PATIENCE = 0.6;

/** What is to be ended, collected while it is started. */
export class Lifetime {
  private readonly graceMs: number;
  private readonly log: Logger;
  private readonly controller = new AbortController();
  private readonly receivers: Part[] = [];
  private readonly parts: Part[] = [];
  private readonly stores: Part[] = [];
  private ending: Promise<void> | undefined;
  /** When the grace is over, by `performance.now()`. */
  private endsAt = 0;

  constructor(options: { readonly graceMs: number; readonly log: Logger }) {
    this.graceMs = options.graceMs;
    this.log = options.log;
    // each open stream of events waits for it
    setMaxListeners(0, this.controller.signal);
  }

  /** Aborts when the end begins. */
  get stopping(): AbortSignal {
    return this.controller.signal;
  }

  /** A part: ended before the stores, the last added first; HTTP, added first, ends before all of them. */
  add(name: string, end: End): void {
    this.parts.push({ name, end });
  }

  /** What receives messages or requests: ended with HTTP, before the parts. */
  addReceiver(name: string, end: End): void {
    this.receivers.push({ name, end });
  }

  /** A store: ended after all parts, the last added first. */
  addStore(name: string, end: End): void {
    this.stores.push({ name, end });
  }

  /** Ends everything, once; a part that fails to end, or has not ended within the grace, is logged and left. */
  async end(): Promise<void> {
    this.ending ??= this.run();
    await this.ending;
  }

  private async run(): Promise<void> {
    this.endsAt = performance.now() + this.graceMs;
    const patienceMs = this.graceMs * PATIENCE;
    this.controller.abort();
    const [http, ...parts] = this.parts;
    await Promise.all([
      http === undefined ? undefined : this.one(http, patienceMs),
      ...this.receivers.map(async (receiver) => await this.one(receiver, patienceMs)),
    ]);
    for (const part of parts.reverse()) await this.one(part, patienceMs);
    for (const store of [...this.stores].reverse()) await this.one(store, patienceMs);
  }

  private async one({ name, end }: Part, patienceMs: number): Promise<void> {
    const leftMs = Math.max(LEAST_MS, this.endsAt - performance.now());
    try {
      if (await endsWithin(leftMs, end(patienceMs))) return;
      this.log.warn({ part: name, graceMs: this.graceMs }, 'did not stop in time, and is left');
    } catch (err) {
      this.log.warn({ err, part: name }, 'could not be stopped cleanly');
    }
  }
}
