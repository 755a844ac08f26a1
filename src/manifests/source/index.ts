/** Reads manifests from files, folders and streams. It parses YAML, so what only checks objects does not load it. */
export { documentTexts } from './document-stream.ts';
export type { DocumentText } from './document-stream.ts';
export { DocumentNodes } from './document-nodes.ts';
export { contentOf, Locator, objectsOf, parseDocuments } from './manifest-document.ts';
export type { Position } from './manifest-document.ts';
export { readObjects } from './object-reader.ts';
export type { ReadObject } from './object-reader.ts';
export { requiredList } from './required-list.ts';
export { fileSource, STANDARD_INPUT, textSources } from './text-source.ts';
export type { TextSource } from './text-source.ts';
export { UnreadableError, unreadableFile } from './unreadable.ts';
