import { addressVariables } from './command-run.ts';
import type { EventSink } from './local-event.ts';
import type { LocalSettings } from './local-settings.ts';
import { ManagedProcess } from './managed-process.ts';
import type { LocalPlatform } from './platform.ts';

/** Runs the settings' demo command against the running platform; rejects with what it said. */
export async function runDemo(settings: LocalSettings, platform: LocalPlatform, onEvent: EventSink): Promise<void> {
  if (settings.demo === undefined) throw new Error('the settings have no "demo" command');
  onEvent({ event: 'notice', text: 'loading demo data' });
  const demo = new ManagedProcess({
    name: 'demo',
    command: settings.demo,
    env: {
      PATH: process.env.PATH ?? '',
      ...addressVariables(platform),
    },
    onLine: (line) => onEvent({ event: 'log', name: 'demo', line }),
  });
  const { code } = await demo.ended;
  if (code !== 0) throw new Error(`the demo command (${settings.demo.join(' ')}) failed:\n${demo.output}`);
  onEvent({ event: 'notice', text: 'demo data loaded' });
  // its last line says how to log in
  const last = demo.output.trim().split('\n').at(-1);
  if (last) onEvent({ event: 'notice', text: last });
}
