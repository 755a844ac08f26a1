/** The two stacks, each as one process on the same stores: the items service on our runtime, bundled, and its peer. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundleServices } from '../../deploy/service-bundle.ts';
import { ManagedProcess, freePort } from '#local-runner';
import { eventually } from '#test-support/eventually';
import type { ServiceStores } from '#test-support/service-stores';
import { runToEnd } from './finished-process.ts';
import { items } from './items/contract.ts';

/** Name of a stack, as it stands in the table. */
export type StackName = 'ours' | 'fastapi';

/** A stack that runs. */
export interface RunningStack {
  readonly name: StackName;
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const FOLDER = join('build', 'bench');
const VENV = join(FOLDER, 'venv');
const PEER = join('bench', 'services', 'fastapi');
/** Durable of the consumer, as the declaration names it. */
const DURABLE = 'items-items-ordered';

/** Bundles our service, and makes the virtual environment of the peer from PyPI where it is not there. */
export async function prepareStacks(): Promise<void> {
  await bundleServices({ source: join('bench', 'services'), target: FOLDER });
  if (existsSync(join(VENV, 'bin', 'uvicorn'))) return;
  await runToEnd(['python3', '-m', 'venv', VENV]);
  await runToEnd([join(VENV, 'bin', 'pip'), 'install', '--quiet', '--requirement', join(PEER, 'requirements.txt')]);
}

/** Starts a stack and waits until it is ready. */
export async function startStack(
  name: StackName,
  stores: ServiceStores,
  settings: Readonly<Record<string, string>>,
): Promise<RunningStack> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const env = { PATH: process.env.PATH ?? '', ...stores.env(items, { LOG_LEVEL: 'info', ...settings }) };
  const process_ = new ManagedProcess({ name, ...commandOf(name, port, env) });
  await eventually(async () => {
    if (!process_.running) throw new Error(`${name} ended before it was ready:\n${process_.output}`);
    const answer = await fetch(`${url}/readyz`);
    if (!answer.ok) throw new Error(await answer.text());
  }, 30_000);
  if (process_.pid === undefined) throw new Error(`${name} has no process`);
  return { name, url, pid: process_.pid, stop: async () => void (await process_.stop()) };
}

function commandOf(name: StackName, port: string, env: Readonly<Record<string, string>>) {
  if (name === 'ours') {
    const profile = process.env.PROFILE === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', process.env.PROFILE];
    const command = [process.env.SERVICE_NODE ?? process.execPath, ...profile, join(FOLDER, 'items.mjs')] as const;
    return { command, env: { ...env, PORT: port, HOST: '127.0.0.1' } };
  }
  const uvicorn = [join(VENV, 'bin', 'uvicorn'), 'items:app', '--app-dir', PEER, '--port', port] as const;
  const flags = ['--loop', 'uvloop', '--http', 'httptools', '--no-access-log', '--log-level', 'warning'] as const;
  return { command: [...uvicorn, ...flags] as const, env: { ...env, PEER_DURABLE: DURABLE, PYTHONDONTWRITEBYTECODE: '1' } };
}
