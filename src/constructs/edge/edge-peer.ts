import type { PodPeer } from '../store/policy.ts';

/** The pods of the Traefik that k3s brings, which is the default edge: they may reach what the gateway routes to. */
export const K3S_TRAEFIK: PodPeer = {
  podLabels: { 'app.kubernetes.io/name': 'traefik' },
  namespaceLabels: { 'kubernetes.io/metadata.name': 'kube-system' },
};
