/**
 * Services: the items service on our runtime against the same in FastAPI, one process each, on the same PostgreSQL, Redis
 * and NATS. At full rate by wrk; then both at the same fixed rate, below what the slower one can do.
 */
import { startServiceStores, type ServiceStores } from '#test-support/service-stores';
import { runningCost } from '../frame/measured-process.ts';
import type { AreaResult, BenchArea, BenchOptions, Claim, Series } from '../frame/result.ts';
import { interleavedRounds } from '../frame/rounds.ts';
import { summaryOf } from '../frame/statistics.ts';
import { ask, keptConnections, sendPaced } from '../load/paced.ts';
import { itemsTopology } from './items/contract.ts';
import { claimsOn, prepareStacks, startStack, STACKS, type RunningStack } from './stack.ts';
import { httpWorkloads, type Workload } from './workload.ts';
import { sendAtFullRate, wrkVersion } from './wrk.ts';

const ROUNDS = 5;
const CONNECTIONS = 32;
const SECONDS = 4;
const WARM_UP_SECONDS = 3;
/** Share of the peer's full rate at which both are asked. */
const FIXED_SHARE = 0.4;
const COST = 'CPU a request';
const FIXED_METRIC = 'p99 at a fixed rate';
/** How many times the peer's p99 ours may be: equal, but for the noise of a tail. */
const MOST_P99 = 1;

/** The area `services`. */
export const servicesArea: BenchArea = {
  run: async (options) => {
    const versions = { ...(await prepareStacks()), wrk: await wrkVersion() };
    const stores = await startServiceStores(itemsTopology);
    try {
      const workloads = (await prepareWorkloads(stores)).filter(({ name }) => isAsked(name));
      const series: Series[] = [];
      for (const workload of workloads) series.push(...(await httpRounds(workload, stores, options)));
      return resultOf(workloads, series, versions);
    } finally {
      await stores.stop();
    }
  },
};

/** Whether to measure a case: all, unless BENCH_CASES selects some by parts of their names, separated by commas. */
function isAsked(name: string): boolean {
  const { BENCH_CASES: cases } = process.env;
  return cases === undefined || cases.split(',').some((part) => name.includes(part));
}

/** Makes the tables, an item to read and a session. */
async function prepareWorkloads(stores: ServiceStores): Promise<Workload[]> {
  const stack = await startStack('ours', stores, {});
  const add = httpWorkloads({ itemId: '', cookie: '' }).find(({ request }) => request.method === 'POST')?.request;
  const added = await fetch(stack.url + (add?.path ?? ''), {
    method: 'POST',
    headers: add?.headers ?? {},
    body: add?.body ?? '',
  });
  const { itemId } = (await added.json()) as { readonly itemId: string };
  await stack.stop();
  const { headers } = await stores.logIn();
  return httpWorkloads({ itemId, cookie: headers.cookie ?? '' });
}

async function httpRounds(
  workload: Workload,
  stores: ServiceStores,
  options: BenchOptions,
): Promise<readonly Series[]> {
  const stacks: RunningStack[] = [];
  try {
    for (const name of STACKS) stacks.push(await startStack(name, stores, workload.settings));
    const rounds = options.rounds ?? ROUNDS;
    for (const { url } of stacks) {
      await sendAtFullRate(url, workload.request, { connections: CONNECTIONS, seconds: WARM_UP_SECONDS });
    }
    const full = await interleavedRounds(workload.name, stacks, rounds, options, async ({ pid, url }) => {
      const before = runningCost(pid).cpuSeconds;
      const load = await sendAtFullRate(url, workload.request, { connections: CONNECTIONS, seconds: SECONDS });
      const { cpuSeconds, peakMemoryMiB } = runningCost(pid);
      return {
        rate: { figure: load.requestsPerSecond, unit: 'requests/s' },
        [COST]: { figure: ((cpuSeconds - before) * 1e6) / load.requests, unit: 'µs' },
        'peak memory': { figure: peakMemoryMiB, unit: 'MiB' },
      };
    });
    const peer = full.find(({ contender, metric }) => contender === 'fastapi' && metric === 'rate');
    const perSecond = Math.floor(summaryOf(peer?.samples ?? []).median * FIXED_SHARE);
    const fixed = await interleavedRounds(workload.name, stacks, rounds, options, async ({ url }) => {
      const agent = keptConnections();
      const load = await sendPaced(
        { perSecond, seconds: SECONDS },
        async () => await ask(agent, url + workload.request.path, workload.request),
      );
      agent.destroy();
      if (load.errors.length > 0) throw new Error(`${workload.name}: ${load.errors[0] ?? ''}`);
      return { [FIXED_METRIC]: { figure: load.p99, unit: `ms at ${perSecond}/s` } };
    });
    return [...full, ...fixed];
  } finally {
    for (const stack of stacks) await stack.stop();
  }
}

function resultOf(
  workloads: readonly Workload[],
  series: readonly Series[],
  versions: AreaResult['versions'],
): AreaResult {
  const p99 = (name: string): Claim => ({
    subject: { case: name, contender: 'ours', metric: FIXED_METRIC },
    against: { case: name, contender: 'fastapi', metric: FIXED_METRIC },
    bound: { atMost: MOST_P99 },
  });
  return {
    area: 'services',
    series,
    claims: [
      // the same targets as processor time, which others on the machine disturb less
      ...workloads.flatMap(({ name, target }) => claimsOn(name, COST, target)),
      ...workloads.map(({ name }) => p99(name)),
    ],
    versions,
    notes: [
      'ours does more for each request than its peer: id and trace, twelve headers of security, metrics; both answer the same bodies',
      'stores, client and service share the cores, so the ratio of CPU a request is what a core of its own would give',
    ],
  };
}
