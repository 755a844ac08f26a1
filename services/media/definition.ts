import { media } from '#catalog';
import { mediaApi, sessionRevoked } from '#contracts';
import { definePlatformService } from '#services/platform';
import { openReads } from './bytes/open-reads.ts';
import { consumers, type JobPatience } from './consumers.ts';
import { diskDependency } from './disk/disk-dependency.ts';
import { makeFolders, mediaFolders } from './disk/media-files.ts';
import { handlers } from './handlers.ts';
import { migrations } from './migrations.ts';
import { sweepStorage } from './use-cases/sweep-storage.ts';

const SWEEP_EVERY_MS = 60_000;

/** Wires media, with how long a job waits after each failure. */
export function definitionWith(patience: JobPatience) {
  return definePlatformService(media, {
    api: mediaApi,
    migrations,
    async context(service) {
      const folders = mediaFolders(service.config);
      await makeFolders(folders);
      await sweepStorage(service, folders, new Date());
      return { folders, reads: openReads() };
    },
    handlers: (service, { folders, reads }) => handlers(service, folders, reads),
    consumers: (service, { folders }) => consumers(service, folders, patience),
    subscriptions: ({ subscription }, { reads }) => [
      subscription(sessionRevoked, ({ data }) => reads.cut(data.sessionIds)),
    ],
    loops: (service, { folders }) => [
      { name: 'sweep', everyMs: SWEEP_EVERY_MS, run: async () => await sweepStorage(service, folders, new Date()) },
    ],
    dependencies: ({ config }, { folders }) => [diskDependency(folders.hls, config.DISK_FLOOR_BYTES)],
  });
}

/** The parts of media. */
export type Definition = ReturnType<typeof definitionWith>;

/** Wires media as it is declared. */
export const definition = definitionWith({});
