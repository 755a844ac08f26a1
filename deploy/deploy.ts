/** `npm run deploy`: dist into a cluster, by kubectl alone. */
import { processTerminal, stopSignal, UsageError } from '#command-line';
import { deploy, EXIT, jsonReport, textReport } from '#deploy';
import { UnreadableError } from '#manifest-source';
import { deployOptions, HELP } from './deploy-options.ts';

const terminal = processTerminal();
const stop = stopSignal();
process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  try {
    const options = deployOptions(args);
    if (options === undefined) {
      await terminal.out(HELP);
      return EXIT.done;
    }
    const startedAt = performance.now();
    const target = {
      out: (text: string) => void terminal.out(text),
      err: terminal.err,
      elapsedMs: () => performance.now() - startedAt,
    };
    return await deploy(options, { tell: options.json ? jsonReport(target) : textReport(target), stop });
  } catch (error) {
    if (stop.aborted) {
      terminal.err('stopped: applied objects remain, run npm run deploy again to continue\n');
      return EXIT.stopped;
    }
    terminal.err(`deploy: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError || error instanceof UnreadableError ? EXIT.usage : EXIT.broken;
  }
}
