import type { BenchArea } from './frame/result.ts';

/** What `npm run bench` measures, in this order. Loaded when asked for: an area may need servers and packages of its own. */
export const AREAS: Readonly<Record<string, () => Promise<BenchArea>>> = {
  services: async () => (await import('./services/area.ts')).servicesArea,
  consumer: async () => (await import('./services/consumer-area.ts')).consumerArea,
  outbox: async () => (await import('./outbox/area.ts')).outboxArea,
  start: async () => (await import('./start/area.ts')).startArea,
  load: async () => (await import('./load/area.ts')).loadArea,
  cli: async () => (await import('./cli/area.ts')).cliArea,
  films: async () => (await import('./films/area.ts')).filmsArea,
  synth: async () => (await import('./synth/area.ts')).synthArea,
  web: async () => (await import('./web/area.ts')).webArea,
};
