/** Which picture and which sound of a file become the film. */
import { checkSize } from './bounds.ts';
import type { Track } from './track.ts';
import { UnusableVideo } from './unusable-video.ts';

/** The tracks of the film. */
export interface ChosenTracks {
  readonly picture: Track;
  readonly sound: Track | undefined;
  /** Remarks for the owner on omitted tracks. */
  readonly remarks: readonly string[];
}

/**
 * Picks the default picture, else the largest, and the default sound, else the first; a track that cannot be decoded is
 * passed over. Cover pictures are never the film. Throws an {@link UnusableVideo} when no picture can be decoded.
 */
export function chooseTracks(tracks: readonly Track[]): ChosenTracks {
  const pictures = rankedPictures(tracks);
  const sounds = rankedSounds(tracks);
  const picture = pictures.find(isPlayable);
  if (picture === undefined) throw noPicture(pictures, sounds);
  const sound = sounds.find(isPlayable);
  const passed = [
    ...pictures.slice(0, pictures.indexOf(picture)),
    ...(sound === undefined ? sounds : sounds.slice(0, sounds.indexOf(sound))),
  ];
  return { picture, sound, remarks: passed.map(remarkOn) };
}

function rankedPictures(tracks: readonly Track[]): readonly Track[] {
  const films = tracks.filter(({ header: { codec_type, disposition } }) => {
    return codec_type === 'video' && disposition?.attached_pic !== 1 && disposition?.timed_thumbnails !== 1;
  });
  return films.toSorted(
    (a, b) => Number(moves(b)) - Number(moves(a)) || isDefault(b) - isDefault(a) || areaOf(b) - areaOf(a),
  );
}

function rankedSounds(tracks: readonly Track[]): readonly Track[] {
  const sounds = tracks.filter(({ header }) => header.codec_type === 'audio');
  return sounds.toSorted((a, b) => isDefault(b) - isDefault(a));
}

/** More than one picture: a cover that is not marked as one comes after every film. */
function moves({ times }: Track): boolean {
  return times !== undefined && times.packets > 1;
}

function isDefault({ header }: Track): number {
  return header.disposition?.default ?? 0;
}

function areaOf({ header: { width = 0, height = 0 } }: Track): number {
  return width * height;
}

function isPlayable({ isDecodable, times }: Track): boolean {
  return isDecodable && times !== undefined;
}

function noPicture(pictures: readonly Track[], sounds: readonly Track[]): UnusableVideo {
  const [first] = pictures;
  if (first === undefined) {
    if (sounds.length === 0) return new UnusableVideo('unreadable', 'The file is damaged or is not a video.');
    return new UnusableVideo('no_video_track', 'The file contains only sound, no video.');
  }
  const { width = 0, height = 0 } = first.header;
  checkSize({ width, height }, { width, height });
  if (first.isProtected) return new UnusableVideo('unsupported_format', 'The video is copy-protected.');
  const { codec_name: codec, pix_fmt: format } = first.header;
  if (first.times === undefined) return new UnusableVideo('unreadable', 'The video track of the file is empty.');
  if (codec === undefined || codec === 'unknown' || format === undefined) {
    const words = `The picture is coded as ${nameOf(first)}, which cannot be decoded.`;
    return new UnusableVideo('unsupported_format', words);
  }
  return new UnusableVideo('unreadable', 'The file is damaged: no picture can be decoded.');
}

function remarkOn(track: Track): string {
  const kind = track.header.codec_type === 'video' ? 'Video' : 'Sound';
  const why = track.times === undefined ? 'is empty' : track.isProtected ? 'is protected' : 'cannot be decoded';
  return `${kind} track ${track.header.index + 1} (${nameOf(track)}) ${why} and was left out.`;
}

function nameOf({ header: { codec_name: codec, codec_tag_string: tag = '' } }: Track): string {
  if (codec !== undefined && codec !== 'unknown') return codec;
  return /^[\w ]{3,4}$/.test(tag) ? tag.trim() : 'an unknown kind';
}
