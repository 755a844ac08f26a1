/** The configuration of a NATS server against the pod that runs it and those that dial it. */
import { natsConfigFault, parseNatsConfig, type NatsMap } from '../nats-config.ts';
import { natsUsers } from '../nats-users.ts';
import { programOf } from '../image.ts';
import type { Cursor } from '../cursor.ts';
import type { ManifestObject, ManifestSet, PodTemplate } from '../manifest-set.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every fault of the nats.conf that a pod of the set runs with. */
export function natsServerFaults({ set }: CheckInput): readonly ManifestFault[] {
  return configurations(set).flatMap((configuration) => {
    const offset = natsConfigFault(configuration.text);
    if (offset !== undefined) return [syntaxFault(configuration, offset)];
    return [...lameDuckFaults(configuration), ...inboxFaults(configuration)];
  });
}

/** A nats.conf in a ConfigMap, and the pod that runs with it. */
interface Configuration {
  readonly pod: PodTemplate;
  readonly object: ManifestObject;
  readonly at: Cursor;
  readonly text: string;
  readonly files: Readonly<Record<string, string>>;
}

function configurations(set: ManifestSet): readonly Configuration[] {
  return set.pods.flatMap((pod) => {
    const server = pod.containers.find(({ at }) => programOf(at.at('image').text ?? '') === 'nats');
    if (server === undefined) return [];
    const words = ['command', 'args'].flatMap((field) => server.at.at(field).items.map((it) => it.text ?? ''));
    const path = words.find((word) => /\.conf$/.test(word))?.replace(/^.*=/, '') ?? '/etc/nats/nats-server.conf';
    return mountedFile(set, pod, server.at, path);
  });
}

function mountedFile(set: ManifestSet, pod: PodTemplate, server: Cursor, path: string): readonly Configuration[] {
  const key = path.split('/').at(-1) ?? '';
  const names = server.at('volumeMounts').items.map((mount) => mount.at('name').text);
  return pod.spec
    .at('volumes')
    .items.filter((volume) => names.includes(volume.at('name').text))
    .flatMap((volume) => {
      const object = set.find('ConfigMap', pod.object.namespace, volume.at('configMap', 'name').text ?? '');
      const at = object?.root.at('data', key);
      if (object === undefined || at?.text === undefined || /\{\{/.test(at.text)) return [];
      return [{ pod, object, at, text: at.text, files: object.root.at('data').strings }];
    });
}

function syntaxFault({ object, at, text }: Configuration, offset: number): ManifestFault {
  const line = text.slice(0, offset).split('\n').length;
  const what = offset >= text.trimEnd().length ? 'lacks a closing bracket' : `cannot be read at line ${line}`;
  const message = `the configuration of NATS ${what}, so the server does not start: correct it (nats-server -t -c FILE checks it)`;
  return faultAt(object, at, 'nats-config', message);
}

const DEFAULT_GRACE_SECONDS = 30;
const DEFAULT_LAME_DUCK = { duration: 120, grace: 10 };

/** On SIGUSR2 and in lame duck mode the server asks its clients to leave, over all of the duration. */
function lameDuckFaults({ pod, object, at, text, files }: Configuration): ManifestFault[] {
  const config = parseNatsConfig(text, files) ?? {};
  const duration = secondsAt(config, 'lame_duck_duration');
  const grace = secondsAt(config, 'lame_duck_grace_period');
  if (duration === undefined && grace === undefined) return [];
  const needed = (duration ?? DEFAULT_LAME_DUCK.duration) + (grace ?? DEFAULT_LAME_DUCK.grace);
  const has = pod.spec.at('terminationGracePeriodSeconds').number ?? DEFAULT_GRACE_SECONDS;
  if (needed < has) return [];
  const message = `lame duck mode takes ${needed} s (lame_duck_duration and lame_duck_grace_period), but the pod is killed after ${has} s (terminationGracePeriodSeconds): raise terminationGracePeriodSeconds above ${needed}`;
  return [faultAt(object, at, 'nats-lame-duck', message)];
}

function secondsAt(config: NatsMap, key: string): number | undefined {
  const value = config[key];
  if (typeof value !== 'string') return undefined;
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)?/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, figure, unit = 's']) => sum + Number(figure) * (UNITS[unit] ?? 1), 0);
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** Replies go to `_INBOX.<id>.<token>`: two tokens behind the prefix since clients share one subscription. */
function inboxFaults({ object, at, text, files }: Configuration): ManifestFault[] {
  return natsUsers(text, files).flatMap(({ name, subscribe }) =>
    subscribe
      .filter((subject) => /^_INBOX[^.]*\.\*$/.test(subject))
      .map((subject) => {
        const wide = subject.replace(/\*$/, '>');
        const message = `the user ${name} may subscribe to ${subject}, but replies have two tokens after the prefix, so requests of current clients get no reply: allow ${wide}`;
        return faultAt(object, at, 'nats-inbox', message);
      }),
  );
}
