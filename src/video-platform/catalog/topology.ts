import { DEAD_LETTERS, STREAMS } from '#contracts';
import { defineTopology } from '#declare';
import { SERVICES } from './services.ts';

/** Streams, services and dead letters of the platform together: what permissions and consumers are derived from. */
export const topology = defineTopology({ streams: STREAMS, services: SERVICES, deadLetters: DEAD_LETTERS });
