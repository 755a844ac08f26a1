import type { media } from '#catalog';
import { mediaApi, sessionRevoked } from '#contracts';
import type { ServicePlan } from '#runtime';
import { openReads } from './bytes/open-reads.ts';
import { consumers, type JobPatience } from './consumers.ts';
import { diskDependency } from './disk/disk-dependency.ts';
import { makeFolders, mediaFolders } from './disk/media-files.ts';
import { handlers } from './handlers.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './tables.ts';
import { sweep, sweepLoop } from './use-cases/sweep-storage.ts';

/** The parts of media. */
export type Definition = ServicePlan<typeof media, typeof mediaApi, Tables>;

/** Wires media, with how long a job waits after each failure. */
export function definitionWith(patience: JobPatience): Definition {
  return {
    api: mediaApi,
    migrations,
    async build(service) {
      const folders = mediaFolders(service.config);
      await makeFolders(folders);
      await sweep(service, folders, new Date());
      const reads = openReads();
      return {
        handlers: handlers(service, folders, reads),
        consumers: consumers(service, folders, patience),
        hearings: [service.hear(sessionRevoked, ({ data }) => reads.cut(data.sessionIds))],
        loops: [sweepLoop(service, folders)],
        dependencies: [diskDependency(folders.hls, service.config.DISK_FLOOR_BYTES)],
      };
    },
  };
}

/** Wires media as it is declared. */
export const definition = definitionWith({});
