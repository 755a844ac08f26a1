/**
 * The stacks, each as one process on the same stores: the items service on our runtime, bundled, and its peer. `BENCH_BEFORE`
 * names a checkout of an earlier version, which then takes part too; its own bench of the services bundles it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleServices } from '../../build-tools/services/service-bundle.ts';
import { ManagedProcess, freePort } from '#local';
import { eventually } from '#test-support/eventually';
import type { ServiceStores } from '#test-support/service-stores';
import { containerLimits, imageNodeFlags, serviceNode } from '../frame/container-limits.ts';
import type { Claim } from '../frame/result.ts';
import { runToEnd } from './finished-process.ts';
import { items } from './items/contract.ts';

/** Name of a stack in the table. */
export type StackName = 'ours' | 'fastapi' | 'before';

const BEFORE = process.env.BENCH_BEFORE;
/** The stacks that are measured. */
export const STACKS: readonly StackName[] = ['ours', 'fastapi', ...(BEFORE === undefined ? [] : ['before' as const])];
/** How many times what the version before reached: what is lost is within the noise. */
const NOT_BELOW_BEFORE = 0.95;

/** Claims on the rate and the CPU of a case: so many times those of the peer, and no less than those of before. */
export function claimsOn(name: string, cost: string, target: number): readonly Claim[] {
  const against = (contender: StackName, atLeast: number): readonly Claim[] =>
    ['rate', cost].map((metric) => ({
      subject: { case: name, contender: 'ours', metric },
      against: { case: name, contender, metric },
      bound: metric === 'rate' ? { atLeast } : { atMost: 1 / atLeast },
    }));
  return [...against('fastapi', target), ...(BEFORE === undefined ? [] : against('before', NOT_BELOW_BEFORE))];
}

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

/** Bundles our service, and makes the virtual environment of the peer from PyPI where it is not there. Gives the versions. */
export async function prepareStacks(): Promise<Readonly<Record<string, string>>> {
  await bundleServices({ source: join('bench', 'services'), target: FOLDER });
  const requirements = join(PEER, 'requirements.txt');
  if (!existsSync(join(VENV, 'bin', 'uvicorn'))) {
    await runToEnd(['python3', '-m', 'venv', VENV]);
    await runToEnd([join(VENV, 'bin', 'pip'), 'install', '--quiet', '--requirement', requirements]);
  }
  const pinned = readFileSync(requirements, 'utf8').trim().split('\n');
  return {
    'node of the service': (await runToEnd([serviceNode(), '--version'])).trim(),
    python: (await runToEnd([join(VENV, 'bin', 'python'), '--version'])).trim().replace('Python ', ''),
    ...(Object.fromEntries(pinned.map((line) => line.split('=='))) as Record<string, string>),
  };
}

/** Starts a stack within the memory of the manifests, where that can be, and waits until it is ready. */
export async function startStack(
  name: StackName,
  stores: ServiceStores,
  settings: Readonly<Record<string, string>>,
): Promise<RunningStack> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const env = { PATH: process.env.PATH ?? '', ...stores.env(items, { LOG_LEVEL: 'info', ...settings }) };
  const limits = containerLimits(name);
  const { command, env: given } = commandOf(name, port, env);
  const [program = 'sh', ...args] = [...(limits?.command ?? []), ...command];
  const process_ = new ManagedProcess({ name, command: [program, ...args], env: given });
  await eventually(async () => {
    if (!process_.running) throw new Error(`${name} ended before it was ready:\n${process_.output}`);
    const answer = await fetch(`${url}/readyz`);
    if (!answer.ok) throw new Error(await answer.text());
  }, 30_000);
  if (process_.pid === undefined) throw new Error(`${name} has no process`);
  const stop = async (): Promise<void> => {
    await process_.stop();
    limits?.remove();
  };
  return { name, url, pid: process_.pid, stop };
}

function commandOf(name: StackName, port: string, env: Readonly<Record<string, string>>) {
  if (name !== 'fastapi') {
    const { BENCH_PROFILE: folder } = process.env;
    const profile = folder === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', folder];
    const command = [
      serviceNode(),
      ...imageNodeFlags(),
      ...profile,
      join(name === 'before' ? (BEFORE ?? '') : '', FOLDER, 'items.mjs'),
    ] as const;
    return { command, env: { ...env, PORT: port, HOST: '127.0.0.1' } };
  }
  const uvicorn = [join(VENV, 'bin', 'uvicorn'), 'items:app', '--app-dir', PEER, '--port', port] as const;
  const flags = ['--loop', 'uvloop', '--http', 'httptools', '--no-access-log', '--log-level', 'warning'] as const;
  return {
    command: [...uvicorn, ...flags] as const,
    env: { ...env, PEER_DURABLE: DURABLE, PYTHONDONTWRITEBYTECODE: '1' },
  };
}
