import { ha } from './ha.ts';
import { k3s } from './k3s.ts';
import type { PlatformSettings } from './platform-settings.ts';

const SETTINGS: Readonly<Record<string, PlatformSettings>> = { k3s, ha };

/** The settings that `--settings` names. Throws for an unknown name. */
export function namedSettings(name: string): PlatformSettings {
  const settings = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
  if (settings === undefined)
    throw new Error(`--settings is ${name}, must be one of ${Object.keys(SETTINGS).join(', ')}`);
  return settings;
}
