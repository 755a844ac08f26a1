/** A service as a process of its own, to be killed, ended and read from. */
import { freePort, ManagedProcess } from '#local';
import { eventually } from './eventually.ts';

/** A process of a service. */
export interface ServiceProcess {
  readonly url: string;
  readonly process: ManagedProcess;
  /** Resolves when `/readyz` says so. */
  untilReady(): Promise<void>;
}

/** Starts `main`, a TypeScript file, with exactly this environment. */
export async function startServiceProcess(
  main: string,
  env: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const process_ = new ManagedProcess({
    name: main,
    command: [process.execPath, '--import', 'tsx', main],
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env, HOST: '127.0.0.1', PORT: String(port) },
  });
  return {
    url,
    process: process_,
    async untilReady() {
      await eventually(async () => {
        if (!process_.running) throw new Error(`ended before it was ready:\n${process_.output}`);
        const answer = await fetch(`${url}/readyz`);
        if (!answer.ok) throw new Error(await answer.text());
      }, 40_000);
    },
  };
}
