import { Cursor } from '#manifests';
import type { DeployFault } from '../fault.ts';

/** `preStop.sleep`, which every service's pod uses, is on by default since then. */
const OLDEST_SERVER = 30;

/** What `kubectl version -o json` says. */
export interface Versions {
  readonly client: string;
  readonly server: string;
}

/** Versions as `v1.36.3`. */
export function versionsOf(answer: unknown): Versions {
  const top = new Cursor(answer);
  return {
    client: top.at('clientVersion', 'gitVersion').text ?? '',
    server: top.at('serverVersion', 'gitVersion').text ?? '',
  };
}

/** A server that is too old for dist. */
export function versionFaults({ server }: Versions): readonly DeployFault[] {
  const minor = minorOf(server);
  if (minor === undefined || minor >= OLDEST_SERVER) return [];
  const message = `is ${server}, but dist needs 1.${OLDEST_SERVER} or newer (preStop.sleep)`;
  return [{ object: 'API server', reason: 'old-server', message, next: 'kubectl version' }];
}

/** A client whose distance from the server nobody supports; undefined when it is near enough. */
export function skewWarning({ client, server }: Versions): string | undefined {
  const [own, other] = [minorOf(client), minorOf(server)];
  if (own === undefined || other === undefined || Math.abs(own - other) <= 1) return undefined;
  return `kubectl is ${client} and the server is ${server}: they may differ by at most one minor version`;
}

function minorOf(version: string): number | undefined {
  const [, minor] = /^v1\.(\d+)/.exec(version) ?? [];
  return minor === undefined ? undefined : Number(minor);
}
