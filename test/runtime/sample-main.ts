/** The sample as a process of its own, for tests that kill it. */
import { runService } from '#runtime';
import { notesDefinition } from './sample-service.ts';

const slowMs = Number(process.env.SLOW_READ_MS ?? 0);

await runService(
  notesDefinition({
    onRead: async () => {
      await new Promise((resolve) => setTimeout(resolve, slowMs));
    },
  }),
);
