import { k3s } from './k3s.ts';
import type { PlatformSettings } from './platform-settings.ts';

/** Three nodes: NATS as a cluster, two of each service; media on a disk that all nodes can mount. */
export const ha: PlatformSettings = {
  ...k3s,
  replicas: 2,
  nats: { replicas: 3, storage: '5Gi' },
  postgres: { storage: '20Gi', backup: true },
  media: { storage: '200Gi', accessMode: 'ReadWriteMany', storageClass: 'shared-files' },
};
