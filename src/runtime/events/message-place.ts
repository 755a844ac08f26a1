/**
 * What identifies a stored message forever: its stream, its sequence and the nanosecond in which it was stored. The sequence
 * alone is used again by a stream that is made again.
 */
import type { JsMsg } from 'nats';

/** Tokens of a delivery's reply subject before servers knew domains, and where the time is among them. */
const SHORT_REPLY = 9;
const TIME_IN_SHORT = 7;
const TIME_IN_LONG = 9;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** `<stream>:<sequence>:<nanoseconds>` of a delivered message. */
export function placeOf(stream: string, message: JsMsg): string {
  return `${stream}:${message.seq}:${storedNanoseconds(message)}`;
}

/** When the stream stored a delivered message. */
export function storedAtOf(message: JsMsg): Date {
  return new Date(Number(BigInt(storedNanoseconds(message)) / NANOSECONDS_PER_MILLISECOND));
}

/** The same as text, since the client reads it as a number, which is not exact. */
function storedNanoseconds({ reply }: JsMsg & { readonly reply?: string }): string {
  const tokens = (reply ?? '').split('.');
  const nanoseconds = tokens[tokens.length === SHORT_REPLY ? TIME_IN_SHORT : TIME_IN_LONG];
  if (nanoseconds === undefined || !/^\d+$/.test(nanoseconds)) throw new Error('a message came by no stream');
  return nanoseconds;
}

/** Nanoseconds since 1970 of a time as the server writes it, `2026-01-02T03:04:05.123456789Z`. */
export function nanosecondsOf(time: string): string {
  const [seconds = '', fraction = ''] = time.replace(/Z$/, '').split('.');
  const whole = BigInt(Date.parse(`${seconds}Z`)) * NANOSECONDS_PER_MILLISECOND;
  return String(whole + BigInt(fraction.padEnd(9, '0').slice(0, 9)));
}
