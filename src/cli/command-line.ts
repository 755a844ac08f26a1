/** What commands outside this zone share with its subcommands: arguments and the terminal. */
export { readArguments, UsageError } from './terminal/arguments.ts';
export { stopSignal } from './terminal/stop-signal.ts';
export { processTerminal, type Terminal } from './terminal/terminal.ts';
