/** What is wrong with parts of a declaration that only JavaScript callers can pass. */
import type { Fault } from '#env';
import type { Message } from './message.ts';

/** Whether a value was made by {@link defineMessage}. */
export function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'subject' in value && 'payload' in value;
}

/** The fault of a value that is no message, at `what`. */
export function notAMessage(place: string, what: string, value: unknown): Fault {
  const received = typeof value === 'object' && value !== null ? 'an object' : String(value);
  const message = `${what} is ${received}, must be a message of defineMessage: check its import (one in a circle is undefined)`;
  return { rule: 'prop-type', place, message };
}

/** The lists of a declaration that hold messages, consumers and requests. */
interface MessageLists {
  readonly publishes?: readonly unknown[];
  readonly consumes?: readonly unknown[];
  readonly subscribes?: readonly unknown[];
  readonly responds?: readonly unknown[];
  readonly requests?: readonly unknown[];
}

/** Entries of the lists of messages and consumers that are none. */
export function messageListFaults(
  { publishes = [], consumes = [], subscribes = [], responds = [], requests = [] }: MessageLists,
  place: string,
): readonly Fault[] {
  const lists = { publishes, consumes: consumes.map(consumedBy), subscribes };
  return [
    ...Object.entries(lists).flatMap(([name, list]) =>
      list.flatMap((it, index) => (isMessage(it) ? [] : [notAMessage(place, `${name}[${index}]`, it)])),
    ),
    ...Object.entries({ responds, requests }).flatMap(([name, list]) =>
      list.flatMap((it, index) =>
        isMessage(it) && 'reply' in it ? [] : [notARequest(place, `${name}[${index}]`, it)],
      ),
    ),
  ];
}

function notARequest(place: string, what: string, value: unknown): Fault {
  const received = isMessage(value) ? `the message ${value.subject}` : typeof value;
  const message = `${what} is ${received}, must be a request of defineRequest: declare it with payload and reply`;
  return { rule: 'prop-type', place, message };
}

function consumedBy(consumer: unknown): unknown {
  if (isMessage(consumer)) return 'a message without consume()';
  return (consumer as { readonly message?: unknown } | undefined)?.message;
}
