/**
 * Reads what finished segments hold: how many pictures, and from when to when. A segment is an MPEG transport stream
 * (ISO/IEC 13818-1) as ffmpeg writes it, one picture to a PES packet; starting ffprobe would cost more than reading it.
 */
import { open } from 'node:fs/promises';

/** What a track of segments holds. Times are seconds on their clock. */
export interface StreamTimes {
  count: number;
  firstSeconds: number;
  /** When its last PES packet begins. */
  lastSeconds: number;
}

/** What segments hold. */
export interface SegmentTimes {
  readonly picture: StreamTimes;
  readonly sound: StreamTimes;
}

const PACKET_BYTES = 188;
const READ_BYTES = PACKET_BYTES * 8192;
const SYNC = 0x47;
const CLOCK_HERTZ = 90_000;

/** Reads segments in their order. Throws when one is no transport stream. */
export async function segmentTimes(files: readonly string[]): Promise<SegmentTimes> {
  const times = { picture: nothing(), sound: nothing() };
  const buffer = Buffer.alloc(READ_BYTES);
  for (const path of files) {
    const file = await open(path);
    try {
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, READ_BYTES, null);
        if (bytesRead === 0) break;
        for (let at = 0; at + PACKET_BYTES <= bytesRead; at += PACKET_BYTES) readPacket(buffer, at, times, path);
      }
    } finally {
      await file.close();
    }
  }
  return times;
}

function nothing(): StreamTimes {
  return { count: 0, firstSeconds: Infinity, lastSeconds: -Infinity };
}

function readPacket(buffer: Buffer, at: number, times: SegmentTimes, path: string): void {
  if (buffer[at] !== SYNC) throw new Error(`${path} is not a valid transport stream`);
  const startsUnit = ((buffer[at + 1] ?? 0) & 0x40) !== 0;
  if (!startsUnit) return;
  const hasAdaptation = ((buffer[at + 3] ?? 0) & 0x20) !== 0;
  const pes = at + 4 + (hasAdaptation ? 1 + (buffer[at + 4] ?? 0) : 0);
  if (pes + 14 > at + PACKET_BYTES || buffer.readUIntBE(pes, 3) !== 1) return;
  const id = buffer[pes + 3] ?? 0;
  const hasTime = ((buffer[pes + 7] ?? 0) & 0x80) !== 0;
  if (!hasTime) return;
  if (id >= 0xe0 && id <= 0xef) count(times.picture, timeAt(buffer, pes + 9));
  else if (id >= 0xc0 && id <= 0xdf) count(times.sound, timeAt(buffer, pes + 9));
}

/** A time of 33 bits, with marker bits in between. */
function timeAt(buffer: Buffer, at: number): number {
  const high = ((buffer[at] ?? 0) >> 1) & 0x07;
  const middle = buffer.readUInt16BE(at + 1) >> 1;
  const low = buffer.readUInt16BE(at + 3) >> 1;
  return (high * 2 ** 30 + middle * 2 ** 15 + low) / CLOCK_HERTZ;
}

function count(stream: StreamTimes, seconds: number): void {
  stream.count += 1;
  stream.firstSeconds = Math.min(stream.firstSeconds, seconds);
  stream.lastSeconds = Math.max(stream.lastSeconds, seconds);
}
