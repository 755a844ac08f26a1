/**
 * Beats become figures in Redis, and wait there in one hash until they are flushed as a batch. The hash has the id of its
 * batch from its first beat on; so if Redis comes back a second younger after a crash, what is in it again was applied under the same id.
 *
 * Keys, all below the service's prefix:
 *   play:<video>:<viewer>:<playback>  how far a playback is: last sequence, seconds, whether its view was counted
 *   viewed:<video>:<viewer>           the viewer's view was counted, until the window ends
 *   watch:<video>:<viewer>            seconds that may still be believed: nobody watches faster than time goes
 *   viewers:<day>:<video>             hashes of those who viewed it on a day, to count each once
 *   started:<source>, started         playbacks that a source, and all together, began; bounds what the keys above take
 *   buffer                            `id`, and `<video>|<hour>|views`, `…|seconds`, `…|viewers`
 *   batches, batch:<id>               what was taken out of the buffer and is not known to be applied
 */
import type { Beat, Totals } from '#contracts';
import type { Redis } from '#runtime';
import { randomUUID } from 'node:crypto';
import type { HourFigures } from '../repository/figures.ts';

/** A beat, and by whom, of what and when. */
export interface ReceivedBeat extends Beat {
  readonly videoId: string;
  readonly viewer: string;
  /** Who pays for what is stored: an account or a network, however many browsers or playbacks it claims to be. */
  readonly source: string;
  /** Seconds after which the playback is a view. */
  readonly viewAfterSeconds: number;
  readonly at: Date;
}

/** What became of a beat. One of a playback that is one too many is refused, and nothing of it is stored. */
export type BeatOutcome = 'repeated' | 'watched' | 'viewed' | 'refused';

/** Most playbacks that may begin within {@link PLAYBACK_SECONDS}; each takes up to 1 KB of Redis. */
export interface MostPlaybacks {
  readonly ofSource: number;
  readonly ofAll: number;
}

/** A batch that was taken out of the buffer. */
export interface Batch {
  readonly id: string;
  readonly figures: readonly HourFigures[];
}

/** The buffer in Redis. Every call throws while Redis is away. */
export interface BeatBuffer {
  add(beat: ReceivedBeat): Promise<BeatOutcome>;
  /** Ids of batches that wait to be applied: those left over, and what is in the buffer now. */
  take(): Promise<string[]>;
  /** A batch that waits; undefined when somebody else has finished it. */
  read(batchId: string): Promise<Batch | undefined>;
  /** Drops a batch that was applied. */
  finish(batchId: string): Promise<void>;
}

const HOUR_MS = 3_600_000;
/** A playback that paused longer than this counts as a new one. */
const PLAYBACK_SECONDS = 6 * 3600;
/** With 160 MB of Redis, all playbacks take at most a third, and a source at most half a megabyte. */
const MOST_PLAYBACKS: MostPlaybacks = { ofSource: 500, ofAll: 50_000 };
/** Longer than a day, so that the last viewer of it is still counted once. */
const VIEWERS_SECONDS = 26 * 3600;
/** Seconds that are believed of a viewer at once, as after a time without network. */
const BELIEVED_SECONDS = 120;
/** Seconds of playback that are accepted per second: two players at once, or one at double speed. */
const BELIEVED_PER_SECOND = 2;

const ADD = `
local play, viewed, watch, viewers, buffer = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local sequence, seconds, viewAfter, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local now, field, viewer = tonumber(ARGV[5]), ARGV[6], ARGV[7]
local last = redis.call('HGET', play, 'sequence')
if last and tonumber(last) >= sequence then return 'repeated' end

if not last then
  local source, all = KEYS[6], KEYS[7]
  if tonumber(redis.call('GET', source) or 0) >= tonumber(ARGV[9]) then return 'refused' end
  if tonumber(redis.call('GET', all) or 0) >= tonumber(ARGV[10]) then return 'refused' end
  if redis.call('INCR', source) == 1 then redis.call('EXPIRE', source, ${PLAYBACK_SECONDS}) end
  if redis.call('INCR', all) == 1 then redis.call('EXPIRE', all, ${PLAYBACK_SECONDS}) end
end

local known = redis.call('HMGET', watch, 'left', 'at')
local left = ${BELIEVED_SECONDS}
if known[1] then
  local passed = math.max(0, now - tonumber(known[2])) / 1000
  left = math.min(left, tonumber(known[1]) + passed * ${BELIEVED_PER_SECOND})
end
seconds = math.min(seconds, left)
redis.call('HSET', watch, 'left', left - seconds, 'at', ARGV[5])
redis.call('EXPIRE', watch, ${BELIEVED_SECONDS})

redis.call('HSET', play, 'sequence', sequence)
local total = tonumber(redis.call('HINCRBYFLOAT', play, 'seconds', seconds))
redis.call('EXPIRE', play, ${PLAYBACK_SECONDS})
if seconds > 0 then
  redis.call('HSETNX', buffer, 'id', ARGV[8])
  redis.call('HINCRBYFLOAT', buffer, field .. '|seconds', seconds)
end
if total < viewAfter or redis.call('HSETNX', play, 'counted', 1) == 0 then return 'watched' end
if not redis.call('SET', viewed, 1, 'NX', 'EX', window) then return 'watched' end
redis.call('HSETNX', buffer, 'id', ARGV[8])
redis.call('HINCRBY', buffer, field .. '|views', 1)
if redis.call('SADD', viewers, viewer) == 1 then redis.call('HINCRBY', buffer, field .. '|viewers', 1) end
redis.call('EXPIRE', viewers, ${VIEWERS_SECONDS})
return 'viewed'
`;

const TAKE = `
local id = redis.call('HGET', KEYS[1], 'id')
if not id then return false end
redis.call('RENAME', KEYS[1], ARGV[1] .. id)
redis.call('SADD', KEYS[2], id)
return id
`;

/** The buffer below a prefix. */
export function beatBuffer(
  redis: Redis,
  options: {
    /** Start of every key, `stats:`. */
    readonly prefix: string;
    /** Seconds in which a viewer's view of a video counts once. */
    readonly viewWindowSeconds: number;
    /** @default {@link MOST_PLAYBACKS} */
    readonly most?: MostPlaybacks;
  },
): BeatBuffer {
  const { prefix, viewWindowSeconds, most = MOST_PLAYBACKS } = options;
  const keyOf = (...parts: readonly string[]): string => `${prefix}${parts.join(':')}`;
  return {
    async add(beat) {
      const { videoId, viewer, at } = beat;
      const keys = [
        keyOf('play', videoId, viewer, beat.playbackId),
        keyOf('viewed', videoId, viewer),
        keyOf('watch', videoId, viewer),
        keyOf('viewers', at.toISOString().slice(0, 10), videoId),
        keyOf('buffer'),
        keyOf('started', beat.source),
        keyOf('started'),
      ];
      const field = `${videoId}|${Math.floor(at.getTime() / HOUR_MS)}`;
      const given = [beat.sequence, beat.watchedSeconds, beat.viewAfterSeconds, viewWindowSeconds, at.getTime()];
      const told = [...given, field, viewer, randomUUID(), most.ofSource, most.ofAll];
      const outcome = await redis.eval(ADD, keys.length, ...keys, ...told);
      return outcome as BeatOutcome;
    },

    async take() {
      await redis.eval(TAKE, 2, keyOf('buffer'), keyOf('batches'), keyOf('batch', ''));
      return await redis.smembers(keyOf('batches'));
    },

    async read(id) {
      const fields = await redis.hgetall(keyOf('batch', id));
      return Object.keys(fields).length === 0 ? undefined : { id, figures: figuresOf(fields) };
    },

    async finish(id) {
      await redis.del(keyOf('batch', id));
      await redis.srem(keyOf('batches'), id);
    },
  };
}

/** Figures by video and hour from the fields of the hash. */
function figuresOf(fields: Readonly<Record<string, string>>): HourFigures[] {
  const byPlace = new Map<string, { -readonly [K in keyof HourFigures]: HourFigures[K] }>();
  for (const [field, value] of Object.entries(fields)) {
    const [videoId, hour, figure] = field.split('|');
    if (videoId === undefined || hour === undefined || figure === undefined) continue;
    const place = `${videoId}|${hour}`;
    const none = { videoId, hour: new Date(Number(hour) * HOUR_MS), views: 0, watchSeconds: 0, viewers: 0 };
    const figures = byPlace.get(place) ?? none;
    figures[FIGURE_NAMES[figure as keyof typeof FIGURE_NAMES]] += Number(value);
    byPlace.set(place, figures);
  }
  return [...byPlace.values()];
}

const FIGURE_NAMES = {
  views: 'views',
  seconds: 'watchSeconds',
  viewers: 'viewers',
} as const satisfies Record<string, keyof Totals>;
