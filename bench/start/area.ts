/**
 * Start: each of the seven services as its bundle, at half a core and within the memory of the manifest, as the kubelet would
 * run it: until `/livez` and until `/readyz` answer 200. Then its memory at rest. Half a core is a cgroup's CPU quota; where
 * none can be made, the processor time until the answer stands for it: half of a core for 0.7 s is 0.35 s.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { topology } from '#catalog';
import type { ServiceDeclaration } from '#declare';
import { freePort, ManagedProcess } from '#local';
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { bundleServices } from '../../build-tools/services/service-bundle.ts';
import { containerLimits, imageNodeFlags, serviceNode } from '../frame/container-limits.ts';
import { runningCost } from '../frame/measured-process.ts';
import type { AreaResult, BenchArea } from '../frame/result.ts';
import { interleavedRounds, type Figures } from '../frame/rounds.ts';

const ROUNDS = 3;
const LONGEST_START_MS = 60_000;
const LOOK_EVERY_MS = 5;
/** Until garbage of the start is gone and housekeeping has run once. */
const REST_MS = 1500;

/** The area `start`. */
export const startArea: BenchArea = {
  run: async (options): Promise<AreaResult> => {
    await bundleServices();
    const stores = await startServiceStores();
    const quota = containerLimits('start', { cores: 0.5 });
    try {
      await stores.provision();
      const measure = async (service: ServiceDeclaration): Promise<Figures> =>
        await startOnce(service, stores, quota?.command ?? []);
      const rounds = options.rounds ?? ROUNDS;
      const series = await interleavedRounds('start', topology.services, rounds, options, measure);
      return { area: 'start', series, claims: [], versions: {}, notes: [quota?.note ?? NO_QUOTA] };
    } finally {
      quota?.remove();
      await stores.stop();
    }
  },
};

const NO_QUOTA =
  'no cgroup could be made here, so services had whole cores: read the processor time until healthy, 350 ms at most';

async function startOnce(
  service: ServiceDeclaration,
  stores: ServiceStores,
  under: readonly string[],
): Promise<Figures> {
  const port = String(await freePort());
  const bundle = join('build', 'services', `${service.name}.mjs`);
  const [program = 'sh', ...args] = [...under, serviceNode(), ...imageNodeFlags(), bundle];
  const env = { PATH: process.env.PATH ?? '', ...stores.env(service), HOST: '127.0.0.1', PORT: port };
  const startedAt = performance.now();
  const process_ = new ManagedProcess({ name: service.name, command: [program, ...args], env });
  const pid = process_.pid ?? 0;
  try {
    await untilOk(`http://127.0.0.1:${port}/livez`, process_);
    const alive = { wall: performance.now() - startedAt, cpu: runningCost(pid).cpuSeconds };
    await untilOk(`http://127.0.0.1:${port}/readyz`, process_);
    const ready = { wall: performance.now() - startedAt, cpu: runningCost(pid).cpuSeconds };
    await pause(REST_MS);
    return {
      'until healthy': { figure: alive.wall, unit: 'ms' },
      'CPU until healthy': { figure: alive.cpu * 1000, unit: 'ms' },
      'until ready': { figure: ready.wall, unit: 'ms' },
      'CPU until ready': { figure: ready.cpu * 1000, unit: 'ms' },
      'memory at rest': { figure: runningCost(pid).memoryMiB, unit: 'MiB' },
    };
  } finally {
    await process_.stop();
  }
}

async function untilOk(url: string, process_: ManagedProcess): Promise<void> {
  const giveUpAt = performance.now() + LONGEST_START_MS;
  for (;;) {
    if (!process_.running) throw new Error(`ended before ${url} answered:\n${process_.output}`);
    const status = await fetch(url).then(
      async (answer) => (await answer.arrayBuffer(), answer.status),
      () => 0,
    );
    if (status === 200) return;
    if (performance.now() > giveUpAt) throw new Error(`${url} did not answer 200 within ${LONGEST_START_MS} ms`);
    await pause(LOOK_EVERY_MS);
  }
}
