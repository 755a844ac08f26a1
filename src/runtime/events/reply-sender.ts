import type { NatsRequest } from '#declare';
import type { Msg } from 'nats';
import type { Logger } from '../log.ts';
import type { OpenNats } from './connection.ts';
import type { Patience } from './received-request.ts';
import { refusalFields, refusalFor, type WireRefusal } from './request-wire.ts';

/** What became of a request; a label of a metric. `late`: its caller had gone before there was a reply. */
export type ResponseOutcome = 'replied' | 'refused' | 'invalid' | 'failed' | 'unavailable' | 'late';

/** What is replied. */
export type Verdict =
  | { readonly outcome: 'replied'; readonly bytes: Uint8Array }
  | { readonly outcome: Refused; readonly refusal: WireRefusal; readonly error: unknown };

/** Outcomes that are sent as refusals. */
export type Refused = Exclude<ResponseOutcome, 'replied' | 'late'>;

/** Replies that are remembered in case the server denies them. */
const MOST_REMEMBERED = 10_000;
/** How a refusal is logged: one that the handler chose is no trouble of this service. */
const LEVELS = { refused: 'debug', invalid: 'warn', unavailable: 'warn', failed: 'error' } as const;
const NO_BYTES = new Uint8Array();

/** Sends the replies of one responder. A reply that the server denies, because it took it for late, is logged. */
export class ReplySender {
  private readonly link: OpenNats;
  private readonly log: Logger;
  /** Subjects that were replied to lately: a denial names the subject alone. */
  private readonly replied = new Set<string>();

  constructor(link: OpenNats, request: NatsRequest, log: Logger) {
    this.link = link;
    this.log = log.child({ request: request.subject });
    link.onDenied((subject) => {
      if (!this.replied.delete(subject)) return false;
      this.log.warn('nats denied a reply that came too late');
      return true;
    });
  }

  /** Replies, unless the caller has gone. Returns what became of the request. */
  send(message: Msg, verdict: Verdict, patience: Patience): ResponseOutcome {
    const { outcome } = verdict;
    const err = outcome === 'replied' ? undefined : verdict.error;
    // what is written while the connection is away leaves with the next one, on which nobody may reply
    if (patience.over || !this.link.connected) {
      this.log.warn({ err }, 'a request ended after its caller had gone');
      return 'late';
    }
    if (outcome !== 'replied') this.log[LEVELS[outcome]]({ err, outcome }, 'a request was refused');
    this.remember(message.reply ?? '');
    try {
      if (outcome === 'replied') message.respond(verdict.bytes);
      else message.respond(NO_BYTES, { headers: this.link.headersOf(refusalFields(verdict.refusal)) });
      return outcome;
    } catch (error) {
      // too large for this server: a refusal is small, and spares the caller the wait
      if (outcome === 'replied') return this.send(message, notSent(error), patience);
      this.log.error({ err: error }, 'a refusal could not be sent');
      return 'failed';
    }
  }

  private remember(subject: string): void {
    this.replied.add(subject);
    const [oldest] = this.replied;
    if (this.replied.size > MOST_REMEMBERED && oldest !== undefined) this.replied.delete(oldest);
  }
}

function notSent(error: unknown): Verdict {
  return { outcome: 'failed', refusal: refusalFor('failed', 'the reply could not be sent'), error };
}
