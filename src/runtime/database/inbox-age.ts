import { streamOf, type Consumer, type Topology } from '#declare';

const DAY_SECONDS = 86_400;
/** A message may come a second time without its stream: its publisher was away before it knew that the first was stored. */
const LEAST_SECONDS = 14 * DAY_SECONDS;
/** Clocks of PostgreSQL and NATS, and what is in work when its stream deletes it. */
const MARGIN_SECONDS = DAY_SECONDS;

/** How long an inbox needs its entries. */
export interface InboxAge {
  /** Undefined for always. */
  readonly seconds: number | undefined;
  /** Names of the streams that need them always. */
  readonly unlimited: readonly string[];
}

/**
 * How long an inbox needs its entries: as long as a stream may deliver their messages again, which it does from the first on when
 * the durable is made again. A stream of work or interest has no more of what was acknowledged, so its age only matters
 * where it has one.
 */
export function inboxAge(consumes: readonly Pick<Consumer, 'message'>[], topology: Topology): InboxAge {
  const streams = new Set(consumes.map(({ message }) => streamOf(message, topology)));
  const unlimited: string[] = [];
  let longest = 0;
  for (const stream of streams) {
    if (stream === undefined) continue;
    longest = Math.max(longest, stream.maxAgeSeconds);
    if (stream.maxAgeSeconds === 0 && stream.retention === 'limits') unlimited.push(stream.name);
  }
  if (unlimited.length > 0) return { seconds: undefined, unlimited };
  return { seconds: Math.max(LEAST_SECONDS, longest + MARGIN_SECONDS), unlimited };
}
