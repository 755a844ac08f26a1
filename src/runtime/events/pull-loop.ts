/**
 * Pulls from one durable. Messages are fetched when there is room for them, never ahead, so the time to acknowledge runs only
 * for what is worked on. Whatever ends a fetch (a reconnect, a server that stopped, a durable or stream that was deleted), the
 * next round looks for the durable again, until stopped.
 */
import type { ConsumerMessages, JsMsg, Consumer as PullConsumer } from 'nats';
import { setTimeout as pause } from 'node:timers/promises';
import { textOf } from '../dependency.ts';
import type { Logger } from '../log.ts';
import type { OpenNats } from './connection.ts';
import type { Caution } from './caution.ts';
import type { DurableLife } from './durable-life.ts';
import type { Places } from './places.ts';

/** What a {@link PullLoop} needs. */
export interface PullLoopOptions {
  readonly link: OpenNats;
  readonly stream: string;
  readonly durable: string;
  readonly places: Places;
  readonly life: DurableLife;
  readonly caution: Caution;
  /** Resolves when handlers may run. */
  readonly ready: () => Promise<void>;
  readonly stopping: AbortSignal;
  /** Called with each message that there is room for. */
  readonly onMessage: (message: JsMsg) => void;
  readonly log: Logger;
}

const FETCH_MS = 5000;
/** Short against {@link FETCH_MS}: the client calls a server silent after two that stayed away, within the same fetch. */
const HEARTBEAT_MS = 1000;
const SHORTEST_ROUND_MS = 5;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/** The rounds of one durable. */
export class PullLoop {
  private readonly options: PullLoopOptions;
  private fetching: ConsumerMessages | undefined;
  /** Cuts the pause between two tries short. */
  private retryNow = new AbortController();
  private silences = 0;
  private foundOnce = false;
  private current: string | undefined = 'not checked yet';
  /** When the present step at the server began. */
  private stepSince: number | undefined;
  /** When the server answered a pull last. */
  lastSuccess: Date | undefined;

  constructor(options: PullLoopOptions) {
    this.options = options;
    // a pull that was under way when the connection went is dead: after the reconnect it would ask twice
    options.link.onDisconnect(() => void this.fetching?.close());
    options.link.onReconnect(() => this.retryNow.abort());
    options.stopping.addEventListener('abort', () => this.fetching?.stop(), { once: true });
  }

  /** Why nothing is pulled; undefined while it is. */
  get problem(): string | undefined {
    return this.current;
  }

  /** Milliseconds that the present step at the server has taken; undefined between steps. */
  get stepMs(): number | undefined {
    return this.stepSince === undefined ? undefined : performance.now() - this.stepSince;
  }

  /** Pulls until it is stopped. */
  async run(): Promise<void> {
    const { places, life, stopping } = this.options;
    let pauseMs = FIRST_PAUSE_MS;
    let pull: PullConsumer | undefined;
    while (!stopping.aborted) {
      try {
        await this.options.ready();
        await places.room();
        if (this.stopped) break;
        this.stepSince = performance.now();
        pull ??= await this.lookFor();
        this.current = undefined;
        await this.fetchOnce(pull);
        this.lastSuccess = new Date();
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        pull = undefined;
        life.failed(error);
        if (this.stopped) break;
        await this.pauseAfter(error, pauseMs);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      } finally {
        this.stepSince = undefined;
      }
    }
  }

  private async lookFor(): Promise<PullConsumer> {
    const { link, stream, durable, life, caution } = this.options;
    const found = await link.connection.jetstream().consumers.get(stream, durable);
    const info = await found.info(true);
    life.found(info);
    if (!this.foundOnce) caution.begin(info.num_ack_pending);
    this.foundOnce = true;
    return found;
  }

  private get stopped(): boolean {
    return this.options.stopping.aborted;
  }

  private async pauseAfter(error: unknown, pauseMs: number): Promise<void> {
    const { log, durable, stopping } = this.options;
    this.stepSince = undefined;
    if (this.current === undefined || pauseMs === FIRST_PAUSE_MS) {
      log.warn({ durable, reason: textOf(error) }, 'cannot pull, looking up the durable again');
    }
    this.current = textOf(error);
    this.retryNow = new AbortController();
    // not AbortSignal.any: one that depends on a signal as long-lived as the service is never freed
    const wake = (): void => this.retryNow.abort();
    stopping.addEventListener('abort', wake, { once: true });
    await pause(pauseMs, undefined, { signal: this.retryNow.signal }).catch(() => undefined);
    stopping.removeEventListener('abort', wake);
  }

  private async fetchOnce(pull: PullConsumer): Promise<void> {
    const { link, places, caution, onMessage } = this.options;
    if (!link.connected) throw new Error('nats is away');
    const wanted = Math.min(places.free, caution.batch);
    const messages = await pull.fetch({ max_messages: wanted, expires: FETCH_MS, idle_heartbeat: HEARTBEAT_MS });
    this.fetching = messages;
    void this.watchLife(messages);
    if (this.stopped) messages.stop();
    let received = 0;
    for await (const message of messages) {
      received += 1;
      if (this.stopped || received > wanted) message.nak();
      else onMessage(message);
    }
    const error = await messages.closed();
    this.fetching = undefined;
    if (error) throw error;
    if (received === 0 && this.silences >= 2) throw new Error('the server stopped responding');
    // a fetch that ends at once must leave others their turn
    if (received === 0) await pause(SHORTEST_ROUND_MS);
  }

  /** A durable that was deleted or a server that hangs shows by its silence. */
  private async watchLife(messages: ConsumerMessages): Promise<void> {
    this.silences = 0;
    for await (const { type, data } of await messages.status()) {
      if (String(type) === 'heartbeats_missed') this.silences = Number(data);
    }
  }
}
