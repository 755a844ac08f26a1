import { existsSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { messageOf } from './how-it-ended.ts';
import type { EventSink } from './local-event.ts';
import type { LocalSettings } from './local-settings.ts';
import { ManagedProcess } from './managed-process.ts';
import type { LocalPlatform } from './platform.ts';

/** A build writes a file in several steps. */
const SETTLED_MS = 300;

/** Builds again after each change until `stopping`, and restarts the instances of a workload whose command's file changed. */
export function watchCommands(
  settings: LocalSettings,
  platform: LocalPlatform,
  onEvent: EventSink,
  stopping: AbortSignal,
): void {
  if (settings.buildWatch !== undefined) {
    const onLine = (line: string): void => onEvent({ event: 'notice', text: `build | ${line}` });
    const build = new ManagedProcess({ name: 'build', command: settings.buildWatch, onLine });
    stopping.addEventListener('abort', () => void build.stop(), { once: true });
  }
  const workloads = new Set(platform.instances.map(({ plan }) => plan.workload));
  for (const workload of workloads) watchWorkload(workload, platform, onEvent);
}

function watchWorkload(workload: string, platform: LocalPlatform, onEvent: EventSink): void {
  const command = platform.instancesOf(workload)[0]?.plan.command ?? [];
  for (const file of command.slice(1).filter((word) => existsSync(word))) {
    let settling: NodeJS.Timeout | undefined;
    // The folder is watched, since a build may replace the file.
    watch(dirname(file), { persistent: false }, (_event, changed) => {
      if (changed !== basename(file)) return;
      clearTimeout(settling);
      settling = setTimeout(() => void restartInTurn(workload, platform, onEvent), SETTLED_MS);
    });
  }
}

async function restartInTurn(workload: string, platform: LocalPlatform, onEvent: EventSink): Promise<void> {
  onEvent({ event: 'notice', text: `${workload} changed, restarting` });
  for (const instance of platform.instancesOf(workload)) {
    await instance.restart().catch((error: unknown) => onEvent({ event: 'notice', text: messageOf(error) }));
  }
}
