import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { k3s, platformApps, synthesize, type PlatformSettings } from '#video-platform';
import type { ClusterAddress } from './cluster.ts';

/** Writes the platform with other settings, as `npm run synth` writes dist, and gives the folder. */
export function platformFolder(cluster: ClusterAddress, settings: Partial<PlatformSettings>): string {
  const folder = mkdtempSync(join(cluster.folder, 'dist-'));
  synthesize(platformApps({ ...k3s, ...settings }, folder));
  return folder;
}

/** Leaves of such a folder one service and the list of required Secrets, and gives the folder. */
export function oneService(folder: string, name: string): string {
  const kept = new RegExp(`^(00-required-secrets|[0-9]+-${name})[.]yaml$`);
  for (const file of readdirSync(folder)) {
    if (file.endsWith('.yaml') && !kept.test(file)) rmSync(join(folder, file));
  }
  return folder;
}
