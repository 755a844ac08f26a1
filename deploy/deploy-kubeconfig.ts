/** `npm run deploy:kubeconfig`: a kubeconfig of the deployer alone, from a token that ends. */
import { processTerminal, UsageError } from '#command-line';
import { EXIT, makeKubeconfig, writeKubeconfig } from '#deploy';
import { KUBECONFIG_HELP, kubeconfigOptions } from './kubeconfig-options.ts';

const terminal = processTerminal();
process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  try {
    const options = kubeconfigOptions(args);
    if (options === undefined) {
      await terminal.out(KUBECONFIG_HELP);
      return EXIT.done;
    }
    const text = await makeKubeconfig(options);
    if (options.out === undefined) {
      await terminal.out(text);
      return EXIT.done;
    }
    await writeKubeconfig(options.out, text);
    terminal.err(
      `${options.out}: written, readable only by you; its token expires after at most ${options.duration}\n`,
    );
    return EXIT.done;
  } catch (error) {
    terminal.err(`deploy:kubeconfig: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.broken;
  }
}
