import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ClusterAddress } from './cluster.ts';
import type { Outcome } from './kubectl.ts';

/** A line of `npm run deploy -- --json`. */
export interface DeployLine {
  readonly event: string;
  readonly step?: string;
  readonly object?: string;
  readonly change?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly outcome?: string;
  readonly evidence?: readonly { readonly title: string; readonly lines: readonly string[] }[];
  readonly next?: string;
  readonly text?: string;
  readonly exitCode?: number;
}

/** What a run came to. */
export interface DeployRun {
  readonly code: number;
  readonly lines: readonly DeployLine[];
  /** The faults among the lines. */
  readonly faults: readonly DeployLine[];
}

/** Runs the command of `npm run deploy` as an account; the edge is asked only where its address is given. */
export async function deploy(cluster: ClusterAddress, kubeconfig: string, args: readonly string[]): Promise<DeployRun> {
  const edge = args.includes('--url') ? [] : ['--skip-edge'];
  const { code, stdout, stderr } = await runProgram(cluster, kubeconfig, 'deploy/deploy.ts', [
    '--json',
    ...edge,
    ...args,
  ]);
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as DeployLine);
  if (lines.length === 0) throw new Error(`npm run deploy ended with ${code}: ${stderr}`);
  return { code, lines, faults: lines.filter(({ event }) => event === 'fault') };
}

/** Runs another program of the repository as the administrator; rejects when it fails. */
export async function asAdministrator(
  cluster: ClusterAddress,
  program: string,
  args: readonly string[],
): Promise<void> {
  const { code, stdout, stderr } = await runProgram(cluster, cluster.kubeconfig, program, args);
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stderr}${stdout}`);
}

/** Runs a program of the repository as an account, with the cluster's own kubectl. */
export async function runProgram(
  cluster: ClusterAddress,
  kubeconfig: string,
  program: string,
  args: readonly string[],
): Promise<Outcome> {
  const path = `${dirname(cluster.programs.kubectl)}${delimiter}${process.env.PATH ?? ''}`;
  const env = { ...process.env, PATH: path, KUBECONFIG: kubeconfig, NODE_ENV: 'production' };
  const command = ['--import', 'tsx', program, ...args];
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: (code as number | null) ?? -1, stdout, stderr };
}
