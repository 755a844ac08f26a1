/** What ffprobe reports of a file: its header and the times of all packets, in one run. */
import * as z from 'zod';
import { runProgram } from './child-program.ts';
import { packetCounter, type Packet, type PacketTimes } from './packet-times.ts';
import { refusalOf, rethrowTimeout } from './probe-failure.ts';
import { trackHeader } from './track.ts';

/** How ffprobe is called. */
export interface ProbeSettings {
  readonly ffprobePath: string;
  readonly memoryMib: number;
  readonly signal: AbortSignal;
}

const header = z.object({
  streams: z.array(trackHeader).default([]),
  format: z
    .object({
      format_name: z.string().default(''),
      start_time: z.string().optional(),
      duration: z.string().optional(),
    })
    .optional(),
});
/** What the header of a file declares. */
export type FileHeader = z.infer<typeof header>;

const SHOWN = [
  'format=format_name,start_time,duration',
  'stream',
  'stream_disposition',
  'stream_side_data',
  'packet_side_data=side_data_type',
  'packet=codec_type,stream_index,pts_time,dts_time,duration_time,flags',
].join(':');
/** A packet of picture or sound as ffprobe prints it; a time that it does not know is left out. */
const PACKET = new RegExp(
  '"codec_type": "(?:video|audio)", "stream_index": (\\d+)' +
    ['pts', 'dts', 'duration'].map((name) => `(?:, "${name}_time": "([^"]*)")?`).join('') +
    ', "flags": "([^"]*)"',
);
const TIMEOUT_MS = 900_000;

/** Header and packets of a file. */
export interface FileReport {
  readonly header: FileHeader;
  readonly times: PacketTimes;
  /** Tracks whose packets are encrypted. */
  readonly encrypted: ReadonlySet<number>;
}

/** Reads header and packets. `input` are ffprobe's options with the file. */
export async function readReport(input: readonly string[], settings: ProbeSettings): Promise<FileReport> {
  const counter = packetCounter();
  const readPacket = packetReader();
  const encrypted = new Set<number>();
  const lines: string[] = [];
  let isAmongPackets = false;
  const { exitCode, errors } = await runProgram({
    program: settings.ffprobePath,
    args: ['-v', 'error', '-of', 'json=c=1', '-show_entries', SHOWN, ...input],
    timeoutMs: TIMEOUT_MS,
    memoryMib: settings.memoryMib,
    signal: settings.signal,
    onLine(line) {
      if (line === '    "packets": [') isAmongPackets = true;
      else if (line === '    ],') isAmongPackets = false;
      else if (isAmongPackets) {
        const read = readPacket(line);
        if (typeof read === 'number') encrypted.add(read);
        else if (read !== undefined) counter.take(read);
        return;
      }
      lines.push(line);
    },
  }).catch(rethrowTimeout);
  if (exitCode !== 0 || /exceeds max_streams/.test(errors)) throw refusalOf(errors, exitCode);
  const read = header.parse(JSON.parse(lines.join('\n')));
  return { header: read, times: counter.timesOf(read.format?.format_name ?? ''), encrypted };
}

/** Reads lines about packets; returns the number of a track instead where its packets are encrypted. */
function packetReader(): (line: string) => Packet | number | undefined {
  const ends = new Map<number, number>();
  let current = -1;
  return (line) => {
    const found = PACKET.exec(line);
    if (found === null) return line.includes('"Encryption info"') ? current : undefined;
    const [, index, pts, dts = pts, length, flags = ''] = found;
    current = Number(index);
    const duration = Number(length) || 0;
    // a stream without a container has no times: one packet follows the other
    const decoded = Number(dts ?? ends.get(current) ?? 0);
    const shown = Number(pts ?? decoded);
    if (!Number.isFinite(shown) || !Number.isFinite(decoded)) return undefined;
    ends.set(current, decoded + duration);
    return { track: current, shown, decoded, duration, isHidden: flags.includes('D') };
  };
}
