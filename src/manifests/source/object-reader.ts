import type { PlacedManifest } from '#manifests';
import { documentTexts, type DocumentText } from './document-stream.ts';
import { contentOf, Locator, objectsOf, parseDocuments, type Position } from './manifest-document.ts';
import type { TextSource } from './text-source.ts';

/** An object of Kubernetes that was read, with the way to its lines. */
export interface ReadObject extends PlacedManifest {
  readonly manifest: Readonly<Record<string, unknown>>;
  /** Where a place of the object stands, by JSON pointer. */
  readonly positionOf: (pointer: string) => Position;
}

/** All objects of some sources, in order. Throws `UnreadableError`. */
export async function readObjects(sources: readonly TextSource[]): Promise<readonly ReadObject[]> {
  const objects: ReadObject[] = [];
  for (const source of sources) {
    for await (const text of documentTexts(source)) objects.push(...objectsIn(text, source.name));
  }
  return objects;
}

/** The objects in one text. */
export function objectsIn(text: DocumentText, name: string): readonly ReadObject[] {
  return parseDocuments(text, name).flatMap((document, index) =>
    objectsOf(contentOf(document, text, name)).map(({ manifest, pointer }) => ({
      path: name,
      manifest,
      positionOf: (place: string) => new Locator(text, name).positionOf(index, pointer + place),
    })),
  );
}
