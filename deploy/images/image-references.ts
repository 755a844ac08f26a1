/** The images that are deployed: src/video-platform/settings/images.json, which synth reads and the pipeline writes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageReferenceProblem } from '../../src/constructs/object/image-reference.ts';

/** Reference by image name. */
export type ImageReferences = Readonly<Record<string, string>>;

/** Where the references are committed. */
export const REFERENCES_FILE = 'src/video-platform/settings/images.json';

/** Reads references from a file. */
export function readReferences(file = REFERENCES_FILE): ImageReferences {
  return JSON.parse(readFileSync(file, 'utf8')) as ImageReferences;
}

/** Reads what a matrix of builds left in a folder: a file for each image, named after it, with its reference. */
export function referencesInFolder(folder: string): ImageReferences {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8').trim()]));
}

/** Reads words like `auth=registry.example/auth:1.2.3`. */
export function referencesInWords(words: readonly string[]): ImageReferences {
  const pairs = words.map((word) => {
    const [, image, reference] = /^([^=]+)=(.+)$/.exec(word) ?? [];
    if (image === undefined || reference === undefined) {
      throw new Error(
        `${JSON.stringify(word)} is not <image>=<reference>: write it like auth=registry.example/auth:1.2.3`,
      );
    }
    return [image, reference] as const;
  });
  return Object.fromEntries(pairs);
}

/** The current references with those of the built images in their places. Throws with every fault of what was built. */
export function withBuilt(current: ImageReferences, built: ImageReferences): ImageReferences {
  const faults = Object.entries(built).flatMap(([image, reference]) => {
    if (!Object.hasOwn(current, image)) {
      return [`${image} is not an image of the platform: it has ${Object.keys(current).join(', ')}`];
    }
    const problem = imageReferenceProblem(reference);
    return problem === undefined ? [] : [`${image}: ${problem}`];
  });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return { ...current, ...built };
}

/** Names of the images whose references differ. */
export function changedReferences(before: ImageReferences, after: ImageReferences): string[] {
  return Object.keys(after).filter((image) => before[image] !== after[image]);
}
