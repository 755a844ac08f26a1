import { parseArgs } from 'node:util';
import { startServiceStores } from '#test-support/service-stores';
import { itemsTopology } from './items/contract.ts';
import { cpuSeconds, memoryMiB } from './process-cost.ts';
import { prepareStacks, startStack, type RunningStack } from './stack.ts';
import { httpWorkloads } from './workload.ts';
import { sendAtFullRate } from './wrk.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    only: { type: 'string', default: '' },
    stack: { type: 'string', default: 'ours,fastapi' },
  },
});
await prepareStacks();
const stores = await startServiceStores(itemsTopology);
const names = values.stack.split(',') as ('ours' | 'fastapi')[];
try {
  const first = await startStack('ours', stores, {});
  const added = await fetch(`${first.url}/api/items/items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: httpWorkloads({ itemId: '', cookie: '' })[3]?.request.body ?? '',
  });
  const { itemId } = (await added.json()) as { itemId: string };
  await first.stop();
  const { headers } = await stores.logIn();
  const workloads = httpWorkloads({ itemId, cookie: headers.cookie ?? '' }).filter(({ name }) =>
    name.includes(values.only),
  );
  for (const workload of workloads) {
    const stacks: RunningStack[] = [];
    for (const name of names) stacks.push(await startStack(name, stores, workload.settings));
    const seen: Record<string, { rate: number; cpu: number }[]> = {};
    for (const { url } of stacks) await sendAtFullRate(url, workload.request, { connections: 32, seconds: 2 });
    for (let round = 0; round < Number(values.rounds); round += 1) {
      for (const { name, url, pid } of stacks) {
        const before = cpuSeconds(pid);
        const { requests, requestsPerSecond } = await sendAtFullRate(url, workload.request, {
          connections: 32,
          seconds: Number(values.seconds),
        });
        (seen[name] ??= []).push({ rate: requestsPerSecond, cpu: ((cpuSeconds(pid) - before) * 1e6) / requests });
      }
    }
    for (const { name, pid } of stacks) {
      const rounds = seen[name] ?? [];
      const median = (xs: number[]): number => xs.sort((a, b) => a - b)[Math.floor(xs.length / 2)] ?? NaN;
      process.stdout.write(
        `${workload.name.padEnd(32)} ${name.padEnd(8)} ${median(rounds.map((r) => r.rate)).toFixed(0)}/s  cpu ${median(rounds.map((r) => r.cpu)).toFixed(0)} us  peak ${memoryMiB(pid).peak.toFixed(0)} MiB  [${rounds.map((r) => r.rate.toFixed(0)).join(' ')}]\n`,
      );
    }
    for (const stack of stacks) await stack.stop();
  }
} finally {
  await stores.stop();
}
