/**
 * Which durable a delivery came from. A stream that is deleted and made again counts from 1, and so does its durable: an
 * acknowledgement that was meant for a message from before would take away the one that stands at its place now. What was
 * delivered by a durable that is gone is not acknowledged.
 */
import type { ConsumerInfo, JsMsg } from 'nats';
import { codeOf } from '../unavailable.ts';
import type { OpenNats } from './connection.ts';

/** A delivery's proof of origin. */
export interface Origin {
  /** Whether the durable that delivered it is still there. Throws when nobody knows. */
  stillThere(): Promise<boolean>;
}

/**
 * Milliseconds in which nobody deletes a stream, makes it and its durable again and fills it, but for a program beside the
 * server that does just that: what was delivered or asked about within this time needs no question. With more than that, a
 * question each time answers for all that wait.
 */
export const YOUNG_MS = 20;
const NOT_FOUND = '404';

/** One durable as this process knows it, through all its lives. */
export class DurableLife {
  private readonly link: OpenNats;
  private readonly stream: string;
  private readonly durable: string;
  /** Number of its lives that were seen. */
  private life = 0;
  /** When the present life began at the server; undefined until it was looked up. */
  private created: string | undefined;
  /** Deliveries that the server allows each message; undefined until it was looked up. */
  private allowed: number | undefined;
  private lastSequence = 0;
  /** When the server was asked last, of those questions that it answered. */
  private askedAt = Number.NEGATIVE_INFINITY;
  private asking: Promise<void> | undefined;

  constructor(link: OpenNats, stream: string, durable: string) {
    this.link = link;
    this.stream = stream;
    this.durable = durable;
  }

  /** It was looked up. */
  found({ created, config }: Pick<ConsumerInfo, 'created' | 'config'>): void {
    if (this.created !== undefined && this.created !== created) this.begin();
    this.created = created;
    this.allowed = config.max_deliver;
  }

  /** It could not be asked; when it is gone, what comes next is another one. */
  failed(error: unknown): void {
    if (isGone(error)) this.begin();
  }

  /**
   * Deliveries of a message that are handled. The server allows one more, which writes the dead letter of a message that none
   * of them brought to an end. A durable that is provisioned with other settings than this process has counts, as it is.
   */
  handledDeliveries(declared: number): number {
    const { allowed } = this;
    // one of an earlier version allows no more than declared
    if (allowed === undefined || allowed < 1 || allowed === declared) return declared;
    return Math.max(1, allowed - 1);
  }

  /** A message came by it. */
  delivered(message: JsMsg): Origin {
    const { deliverySequence } = message.info;
    // each delivery has a number of its own, also one of a message that comes again
    if (deliverySequence <= this.lastSequence) this.begin();
    this.lastSequence = deliverySequence;
    const { life } = this;
    const since = performance.now();
    return {
      stillThere: async () => {
        // what is written while the connection is away waits for the next server, which may be an empty one
        const known = this.link.connected && performance.now() - Math.max(since, this.askedAt) < YOUNG_MS;
        if (!known && life === this.life) await (this.asking ??= this.ask());
        return life === this.life;
      },
    };
  }

  private begin(): void {
    this.life += 1;
    this.lastSequence = 0;
    this.created = undefined;
  }

  private async ask(): Promise<void> {
    const askedAt = performance.now();
    try {
      const manager = await this.link.connection.jetstreamManager({ checkAPI: false });
      this.found(await manager.consumers.info(this.stream, this.durable));
      this.askedAt = askedAt;
    } catch (error) {
      if (!isGone(error)) throw error;
      this.begin();
    } finally {
      this.asking = undefined;
    }
  }
}

function isGone(error: unknown): boolean {
  return codeOf(error) === NOT_FOUND || /consumer deleted/i.test(String(error));
}
