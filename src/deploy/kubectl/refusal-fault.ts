import { kindAndName } from '#manifests';
import type { ManifestObject } from '#manifests';
import type { DeployFault } from '../fault.ts';
import type { Kubectl } from './kubectl.ts';
import type { Refusal } from './kubectl-words.ts';

/** An object that the server refused, with the way on that its reason leaves. */
export function refusalFault(kubectl: Kubectl, object: ManifestObject, { reason, message }: Refusal): DeployFault {
  return { object: kindAndName(object), reason, message, next: wayOn(kubectl, object, reason) };
}

function wayOn(kubectl: Kubectl, { path }: ManifestObject, reason: Refusal['reason']): string {
  switch (reason) {
    case 'conflict':
      return 'npm run deploy -- --force-conflicts   (takes over those fields)';
    case 'forbidden':
      return kubectl.line('auth', 'can-i', '--list');
    case 'quota':
      return kubectl.line('describe', 'resourcequota');
    case 'immutable-field':
      return `npx cdk8s-nats diff main HEAD   (shows the field, and what replacing the object would lose)`;
    case 'unknown-field':
    case 'invalid':
    case 'refused':
      return kubectl.line('apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', path);
  }
}
