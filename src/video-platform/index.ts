export { appsOf, platformApps, synthesize, type PlatformApps } from './charts/platform.ts';
export { ha } from './settings/ha.ts';
export { k3s } from './settings/k3s.ts';
export { namedSettings } from './settings/named-settings.ts';
export type { PlatformImages, PlatformSettings } from './settings/platform-settings.ts';
