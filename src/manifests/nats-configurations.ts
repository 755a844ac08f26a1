/** The configuration that each NATS server of a set runs with. */
import type { Cursor } from './cursor.ts';
import { programOf } from './image.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from './manifest-set.ts';

/** A nats.conf in a ConfigMap, and the pod that runs with it. */
export interface NatsConfiguration {
  readonly pod: PodTemplate;
  /** Container of the server. */
  readonly server: Cursor;
  /** The ConfigMap, and the place of the text in it. */
  readonly object: ManifestObject;
  readonly at: Cursor;
  readonly text: string;
  /** Files that lie beside it, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Whether `files` are all that lie beside it. */
  readonly whole: boolean;
}

/** Every configuration that is seen; one that is still a template is left out. */
export function natsConfigurations(set: ManifestSet): readonly NatsConfiguration[] {
  return set.derived(found);
}

function found(set: ManifestSet): readonly NatsConfiguration[] {
  return set.pods.flatMap((pod) => {
    const server = pod.containers.find(({ at }) => programOf(at.at('image').text ?? '') === 'nats');
    if (server === undefined) return [];
    const words = ['command', 'args'].flatMap((field) => server.at.at(field).items.map((it) => it.text ?? ''));
    const path = words.find((word) => /\.conf$/.test(word))?.replace(/^.*=/, '') ?? '/etc/nats/nats-server.conf';
    return mountedFile(set, pod, server.at, path);
  });
}

function mountedFile(set: ManifestSet, pod: PodTemplate, server: Cursor, path: string): readonly NatsConfiguration[] {
  const key = path.split('/').at(-1) ?? '';
  const mounts = server.at('volumeMounts').items;
  return pod.spec.at('volumes').items.flatMap((volume) => {
    const mount = mounts.find((it) => it.at('name').text === volume.at('name').text);
    const object = set.find('ConfigMap', pod.object.namespace, volume.at('configMap', 'name').text ?? '');
    const at = object?.root.at('data', key);
    if (mount === undefined || object === undefined || at?.text === undefined || /\{\{/.test(at.text)) return [];
    const whole = !mount.at('subPath').exists && !volume.at('configMap', 'items').exists;
    return [{ pod, server, object, at, text: at.text, files: object.root.at('data').strings, whole }];
  });
}
