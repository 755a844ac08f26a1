/** What commands outside this zone share with its subcommands: arguments, the terminal, reading manifests, the list of Secrets. */
export { readArguments, UsageError } from './terminal/arguments.ts';
export { processTerminal, type Terminal } from './terminal/terminal.ts';
export { readObjects } from './source/object-reader.ts';
export { textSources } from './source/text-source.ts';
export { UnreadableError, unreadableFile } from './source/unreadable.ts';
export { requiredList } from './secrets/required-list.ts';
