import { filterOf, decodeMessage, type DataOf, type Message } from '#declare';
import { textOf } from '#runtime/dependency';
import type { OpenNats } from '#runtime/events/connection';

/** Which message is awaited, and for how long. */
export interface ReceivedOptions<M extends Message> {
  /** Whether it is the one. @default - any */
  readonly fits?: (data: DataOf<M>) => boolean;
  /** Seconds after which it is given up. @default 5 */
  readonly withinSeconds?: number;
}

/** One that waits for a message. */
interface Waiting {
  readonly subject: string;
  readonly look: () => void;
}

const DEFAULT_SECONDS = 5;

/** The messages that a service publishes, kept as they come. */
export class HeardMessages {
  private readonly heard: { readonly message: Message; readonly data: unknown }[] = [];
  /** Why others could not be read. */
  private readonly unread: { readonly message: Message; readonly reason: string }[] = [];
  private readonly waiting = new Set<Waiting>();

  /** Listens to a kind of message from now on, in the account of `link`. */
  listen(link: OpenNats, message: Message): void {
    link.connection.subscribe(filterOf(message.subject), {
      callback: (error, received) => {
        if (error !== null) return;
        // the client would read nothing more from a connection whose callback throws
        try {
          this.heard.push({ message, data: decodeMessage(message, received.data).data });
        } catch (fault) {
          this.unread.push({ message, reason: textOf(fault) });
        }
        for (const one of this.waiting) if (one.subject === message.subject) one.look();
      },
    });
  }

  /** The first message of a kind that fits, of those that came and those to come; each is returned once. Throws what `fits` throws. */
  async next<M extends Message>(message: M, options: ReceivedOptions<M>): Promise<DataOf<M>> {
    const { fits = () => true, withinSeconds = DEFAULT_SECONDS } = options;
    return await new Promise((resolve, reject) => {
      const fitting = (): number =>
        this.heard.findIndex((one) => one.message === message && fits(one.data as DataOf<M>));
      const forget = (): void => {
        clearTimeout(timer);
        this.waiting.delete(one);
      };
      const look = (): void => {
        try {
          const index = fitting();
          const [found] = index === -1 ? [] : this.heard.splice(index, 1);
          if (found === undefined) return;
          forget();
          resolve(found.data as DataOf<M>);
        } catch (error) {
          forget();
          reject(error as Error);
        }
      };
      const one = { subject: message.subject, look };
      const timer = setTimeout(() => {
        forget();
        reject(new Error(`no such ${message.subject} within ${withinSeconds} s; ${this.others(message)}`));
      }, withinSeconds * 1000);
      this.waiting.add(one);
      look();
    });
  }

  private others(message: Message): string {
    const others = this.heard.filter((one) => one.message === message).map(({ data }) => JSON.stringify(data));
    const reasons = this.unread.filter((one) => one.message === message).map(({ reason }) => reason);
    const came = [
      ...(others.length === 0 ? [] : [`those that came: ${others.join(', ')}`]),
      ...reasons.map((reason) => `one could not be read: ${reason}`),
    ];
    return came.join('; ') || 'none came';
  }
}
