import images from './images.json' with { type: 'json' };
import type { PlatformSettings } from './platform-settings.ts';

/** One node with k3s: one of each. What `dist/` holds. */
export const k3s: PlatformSettings = {
  namespace: 'video-service',
  host: 'video.example.org',
  tlsSecret: 'video-tls',
  ingressClass: 'traefik',
  admission: 'warn',
  images,
  imagePullSecrets: ['registry-credentials'],
  replicas: 1,
  nats: { replicas: 1, storage: '2Gi' },
  postgres: { storage: '5Gi', backup: true },
  redis: { storage: '1Gi' },
  media: { storage: '50Gi', accessMode: 'ReadWriteOnce' },
};
