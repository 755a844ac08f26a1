/** Clients of a NATS server log in as users that its configuration has. */
import { dialsOf, targetsOf, type Dial } from '../dials.ts';
import { kindAndName } from '../manifest-set.ts';
import type { ManifestSet, PodTemplate } from '../manifest-set.ts';
import { natsConfigurations } from '../nats-configurations.ts';
import { ownNatsUsers } from '../nats-users.ts';
import { rawEnv, seenValues, UNSEEN } from '../raw-env.ts';
import { problemsOf } from './nats-config-text.ts';
import { faultAt, nearest } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every client whose user does not exist. */
export function natsClientFaults({ set }: CheckInput): readonly ManifestFault[] {
  const users = set.derived(usersByPod);
  const seen = new Set<string>();
  return dialsOf(set).flatMap((dial) => {
    const login = loginOf(dial);
    if (login === undefined || seen.has(`${dial.object.index} ${login.pointer}`)) return [];
    return targetsOf(set, dial).flatMap(({ pod }) => {
      const known = users.get(pod);
      if (known === undefined || known.length === 0 || known.includes(login.user)) return [];
      seen.add(`${dial.object.index} ${login.pointer}`);
      const message = `${login.named} logs in to ${kindAndName(pod.object)} as ${login.user}, but its configuration has no such user, so it refuses every connection: ${nearest(login.user, known)}`;
      return [faultAt(dial.object, login.at, 'nats-user', message)];
    });
  });
}

/** Names of the users of each server whose configuration is in the set. */
function usersByPod(set: ManifestSet): ReadonlyMap<PodTemplate, readonly string[]> {
  return new Map(
    natsConfigurations(set)
      .filter((configuration) => problemsOf(set, configuration).length === 0)
      .map(({ pod, text, files }) => [pod, ownNatsUsers(text, files).map(({ name }) => name)] as const),
  );
}

const USER_VARIABLES = ['NATS_USER', 'NATS_USERNAME'];
const USER_IN_URL = /^(?:nats|tls|wss?):\/\/([^:@/\s]+)(?::[^@/\s]*)?@/;

interface Login {
  readonly user: string;
  readonly named: string;
  readonly at: Dial['at'];
  readonly pointer: string;
}

/** The user by whom a container dials NATS: in the URL, else in its variable. */
function loginOf({ pod, at, object, named, scheme }: Dial): Login | undefined {
  if (object !== pod.object || !/^(?:nats|tls|wss?)$/.test(scheme ?? '')) return undefined;
  const container = pod.containers.find((it) => at.pointer.startsWith(`${it.at.pointer}/env/`));
  if (container === undefined) return undefined;
  const entries = rawEnv(container.at);
  const values = seenValues(entries);
  const inUrl = USER_IN_URL.exec(values[at.at('name').text ?? ''] ?? '')?.[1];
  const index = entries.findLastIndex(({ name }) => USER_VARIABLES.includes(name));
  const entry = entries[index];
  const user = inUrl ?? (entry?.valueFrom === undefined ? values[entry?.name ?? ''] : undefined);
  if (user === undefined || user === '' || user.includes(UNSEEN) || user.includes('$')) return undefined;
  const place = inUrl === undefined ? container.at.at('env', index) : at;
  const variable = inUrl === undefined ? `container ${container.name} env ${entry?.name ?? ''}` : named;
  return { user, named: variable, at: place, pointer: place.pointer };
}
