/** What a master playlist announces of a rendition. */
export interface AnnouncedRendition {
  readonly name: string;
  readonly bitsPerSecond: number;
  readonly width: number;
  readonly height: number;
}

/** Reads the renditions of a master playlist that ffmpeg wrote, from the smallest rate to the largest. */
export function readMasterPlaylist(text: string): AnnouncedRendition[] {
  const lines = text.split('\n').map((line) => line.trim());
  const announced = lines.flatMap((line, i) => {
    if (!line.startsWith('#EXT-X-STREAM-INF:')) return [];
    const rate = /[:,]BANDWIDTH=(\d+)/.exec(line);
    const size = /[:,]RESOLUTION=(\d+)x(\d+)/.exec(line);
    const path = /^([a-z0-9]+)\/index\.m3u8$/.exec(lines[i + 1] ?? '');
    if (!rate || !size || !path) throw new Error(`the master playlist has an unexpected line: ${line}`);
    return [
      {
        name: path[1] ?? '',
        bitsPerSecond: Number(rate[1]),
        width: Number(size[1]),
        height: Number(size[2]),
      },
    ];
  });
  return announced.toSorted((a, b) => a.bitsPerSecond - b.bitsPerSecond);
}
