/** A kind of film that people have, as a test: the file is made, becomes a film, and is seen and heard. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { RevisionContent } from '#services/media/transcode/revision-content';
import { transcode } from '#services/media/transcode/transcoder';
import { makeFilm, picture, tone, USUAL_CODING } from './drawn-film.ts';
import { seeFilm, type SeenFilm } from './film-sight.ts';
import { mediaDisk } from './running-media.ts';

/** Size of most films. */
export const SIZE = '320x180';
/** Arguments of ffmpeg for a plain film of two seconds. */
export const USUAL = [...picture(SIZE, '30', 2), ...tone(2), ...USUAL_CODING];
/** What renditions say of their colours. */
export const BT709_TAGS = 'tv,bt709,bt709,bt709';

/** A kind of file, and what is to become of it. */
export interface Kind {
  readonly file: string;
  /** Arguments of ffmpeg, or what makes the file. */
  readonly make: readonly string[] | (() => Promise<string>);
  /** @default 2 */
  readonly seconds?: number;
  /** Pictures a second. @default 30 */
  readonly rate?: number;
  /** @default 320x180 */
  readonly size?: string;
  /** Whether flash and tone are there and come together. @default true */
  readonly sync?: boolean;
  /** How far colours may be off. @default 10 */
  readonly colourError?: number;
  readonly also?: (seen: SeenFilm, content: RevisionContent) => void;
}

/** The ways to test kinds of films in a folder that is removed at the end. */
export function filmTests() {
  const disk = mediaDisk();
  afterAll(() => disk.remove());

  async function filmOf(
    file: string,
    lines = 180,
  ): Promise<{ readonly folder: string; readonly content: RevisionContent }> {
    const folder = mkdtempSync(join(disk.root, 'film-'));
    const ladder = [{ height: lines, kilobitsPerSecond: 900 }];
    const content = await transcode({
      ...{ file, folder },
      settings: {
        ffmpegPath: 'ffmpeg',
        ffprobePath: 'ffprobe',
        threads: 1,
        memoryMib: 768,
        timeoutSeconds: 60,
        ladder,
      },
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    return { folder, content };
  }

  async function made({ file, make }: Pick<Kind, 'file' | 'make'>): Promise<string> {
    return typeof make === 'function' ? await make() : await makeFilm(disk.root, file, make);
  }

  function plays(claim: string, kind: Kind): void {
    it(claim, async () => {
      const { seconds = 2, rate = 30, size = SIZE, sync = true, colourError = 10 } = kind;
      const { folder, content } = await filmOf(await made(kind));
      const seen = await seeFilm(folder, content, rate);
      expect(`${content.width}x${content.height}`).toBe(size);
      expect(content.durationSeconds).toBeCloseTo(seconds, 0.8);
      expect(Math.abs(seen.pictures / rate - content.durationSeconds)).toBeLessThan(0.05);
      expect([seen.colourError, seen.posterError].filter((error) => error > colourError)).toEqual([]);
      if (sync) {
        expect(seen.flashSeconds).toBeDefined();
        expect(Math.abs((seen.toneSeconds ?? Infinity) - (seen.flashSeconds ?? 0))).toBeLessThan(0.06);
      }
      kind.also?.(seen, content);
    });
  }

  /** Makes files and writes them one after the other into one. */
  async function joined(file: string, parts: readonly (readonly string[])[]): Promise<string> {
    const files = [];
    for (const [i, part] of parts.entries()) files.push(await makeFilm(disk.root, `part${i}-${file}`, part));
    writeFileSync(join(disk.root, file), Buffer.concat(files.map((one) => readFileSync(one))));
    return join(disk.root, file);
  }

  return { folder: disk.root, filmOf, made, plays, joined };
}
