/** The configuration of a NATS server against the pod that runs it and those that dial it. */
import { parseNatsConfig, type NatsMap } from '../nats-config.ts';
import { natsConfigurations, type NatsConfiguration } from '../nats-configurations.ts';
import { ownNatsUsers } from '../nats-users.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
import { problemsOf } from './nats-config-text.ts';

/** Every fault of the nats.conf that a pod of the set runs with. */
export function natsServerFaults({ set }: CheckInput): readonly ManifestFault[] {
  return natsConfigurations(set).flatMap((configuration) => {
    const problems = problemsOf(set, configuration);
    if (problems.length > 0) {
      return problems.map(({ file, message }) => {
        const at = file === undefined ? configuration.at : configuration.object.root.at('data', file);
        return faultAt(configuration.object, at, 'nats-config', message);
      });
    }
    return [...twiceFaults(configuration), ...lameDuckFaults(configuration), ...inboxFaults(configuration)];
  });
}

/** A user's name may occur once, whatever account it is in. */
function twiceFaults({ object, at, text, files }: NatsConfiguration): ManifestFault[] {
  const names = ownNatsUsers(text, files).map(({ name }) => name);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map((name) => {
    const message = `the configuration of NATS has the user ${name} twice, so the server does not start: rename one`;
    return faultAt(object, at, 'nats-config', message);
  });
}

const DEFAULT_GRACE_SECONDS = 30;
const DEFAULT_LAME_DUCK = { duration: 120, grace: 10 };

/** On SIGUSR2 and in lame duck mode the server asks its clients to leave, over all of the duration. */
function lameDuckFaults({ pod, object, at, text, files }: NatsConfiguration): ManifestFault[] {
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
function inboxFaults({ object, at, text, files }: NatsConfiguration): ManifestFault[] {
  return ownNatsUsers(text, files).flatMap(({ name, subscribe }) =>
    subscribe
      .filter((subject) => /^_INBOX[^.]*\.\*$/.test(subject))
      .map((subject) => {
        const wide = subject.replace(/\*$/, '>');
        const message = `the user ${name} may subscribe to ${subject}, but replies have two tokens after the prefix, so requests of current clients get no reply: allow ${wide}`;
        return faultAt(object, at, 'nats-inbox', message);
      }),
  );
}
