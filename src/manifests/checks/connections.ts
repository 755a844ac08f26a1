/** Every host and port that a container dials exists. */
import { dialsOf } from '../dials.ts';
import type { Dial } from '../dials.ts';
import { kindAndName } from '../manifest-set.ts';
import type { ManifestObject, ManifestSet } from '../manifest-set.ts';
import { containerPorts, podsBehind, servicePort } from '../service-pods.ts';
import { faultAt, isElsewhere, nearest } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every host and port that is dialled and does not exist. */
export function connectionFaults(input: CheckInput): readonly ManifestFault[] {
  const seen = new Set<string>();
  return dialsOf(input.set).flatMap((dial) => {
    const key = `${dial.object.index} ${dial.at.pointer} ${dial.service} ${dial.namespace} ${dial.port} ${dial.ordinal}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return targetFaults(input, dial);
  });
}

function targetFaults(input: CheckInput, dial: Dial): ManifestFault[] {
  const { set } = input;
  const { service: name, namespace, port, named, object, at } = dial;
  if (isElsewhere(input, name) || !set.objects.some((it) => it.namespace === namespace)) return [];
  const service = set.find('Service', namespace, name);
  if (service === undefined) {
    const names = set.ofKind('Service').filter((it) => it.namespace === namespace);
    const hint = nearest(
      name,
      names.map((it) => it.name),
    );
    const message = `${named} names the host ${name}, but ${namespace === '' ? 'its namespace' : `the namespace ${namespace}`} has no such Service: ${hint}`;
    return [faultAt(object, at, 'host-unknown', message)];
  }
  const replicas = podsBehind(set, service)[0]?.replicas ?? 1;
  if (dial.ordinal !== undefined && dial.ordinal >= replicas) {
    const message = `${named} names pod ${dial.ordinal} of ${name}, which has only ${replicas} (counted from 0): remove it, or raise replicas`;
    return [faultAt(object, at, 'host-unknown', message)];
  }
  if (service.root.at('spec', 'type').text === 'ExternalName' || hasPort(set, service, port)) return [];
  const ports = service.root.at('spec', 'ports').items.map((entry) => String(entry.at('port').value));
  const message = `${named} names port ${port} of ${kindAndName(service)}, which it does not have: ${nearest(String(port), ports)}`;
  return [faultAt(object, at, 'port-unknown', message)];
}

/** A headless Service is only names: whatever port its pods open can be dialled. */
function hasPort(set: ManifestSet, service: ManifestObject, port: number): boolean {
  if (servicePort(service, port) !== undefined) return true;
  if (service.root.at('spec', 'clusterIP').text !== 'None') return false;
  return podsBehind(set, service).some((pod) => containerPorts(pod).some((it) => it.port === port));
}
