import { defineStore } from 'pinia';
import { useOnline } from '@vueuse/core';
import { computed, ref, watch } from 'vue';
import { answers, onCallOutcome, queryClient, Refusal, Unreachable, type ServiceName } from '../api/index.ts';

/** What somebody misses while a service is away. */
export const SERVICE_WORDS: Readonly<Record<ServiceName, string>> = {
  auth: 'logging in',
  user: 'profiles',
  video: 'the video catalogue',
  media: 'video files',
  queue: 'processing',
  stats: 'view counts',
  notif: 'live updates',
};

/** Milliseconds between two questions whether what is away is back. */
const PROBE_MS = 5_000;

interface Away {
  readonly service: string;
  /** Store behind the service that is away; undefined when the service itself is. */
  readonly dependency: string | undefined;
}

/** What is away, learned from the calls that are made anyway; while something is, a small question asks whether it is back. */
export const useServiceHealth = defineStore('service-health', () => {
  const away = ref<readonly Away[]>([]);
  const online = useOnline();
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** What is missing, in words; empty when all is there. */
  const missing = computed(() => [...new Set(away.value.map(({ service }) => wordsFor(service)))]);

  onCallOutcome(({ service, error }) => {
    if (error === undefined) return back(service);
    if (error instanceof Unreachable) return error.offline ? undefined : gone(service, undefined);
    if (isAway(error)) return gone(service, dependencyOf(error));
    // a refusal that is the caller's own shows that the service works
    if (error.problem.status < 500 && !error.problem.dependency) back(service);
  });

  watch(online, (now) => {
    if (now) void readFailedAgain();
  });

  function gone(service: string, dependency: string | undefined): void {
    if (!away.value.some((entry) => entry.service === service)) away.value = [...away.value, { service, dependency }];
    timer ??= setTimeout(probe, PROBE_MS);
  }

  function back(service: string): void {
    if (!away.value.some((entry) => entry.service === service)) return;
    away.value = away.value.filter((entry) => entry.service !== service);
    void readFailedAgain();
  }

  async function probe(): Promise<void> {
    timer = undefined;
    // with its store away a service still tells its version: then only a call that needs the store can tell, so let one try
    const stores = away.value.filter(({ dependency }) => dependency !== undefined);
    if (stores.length > 0) {
      await readFailedAgain();
      away.value = away.value.filter((entry) => !stores.includes(entry) || stillFailing(entry.service));
    }
    await Promise.all(away.value.filter(({ dependency }) => dependency === undefined).map(ask));
    if (away.value.length > 0) timer ??= setTimeout(probe, PROBE_MS);
  }

  async function ask({ service }: Away): Promise<void> {
    if (await answers(service, PROBE_MS)) back(service);
  }

  return { online, away, missing };
});

function isAway({ problem }: Refusal): boolean {
  return problem.status === 502 || problem.status === 503 || problem.status === 504;
}

function dependencyOf({ problem, service }: Refusal): string | undefined {
  return problem.dependency === service ? undefined : problem.dependency;
}

function wordsFor(service: string): string {
  return (SERVICE_WORDS as Readonly<Record<string, string>>)[service] ?? service;
}

function stillFailing(service: string): boolean {
  return queryClient
    .getQueryCache()
    .findAll({ queryKey: [service] })
    .some((query) => query.state.status === 'error' && query.isActive());
}

async function readFailedAgain(): Promise<void> {
  await queryClient.refetchQueries({ type: 'active', predicate: (query) => query.state.status === 'error' });
}
