/** The environment of every container, those made by hand included: names, references, their order, credentials. */
import { envFaults, orderFaults } from '#env';
import type { EnvFrom } from '#env';
import type { Cursor } from '../cursor.ts';
import type { ManifestSet, PodContainer, PodTemplate } from '../manifest-set.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
import { rawEnv } from '../raw-env.ts';

/** Every fault of the environments. */
export function environmentFaults({ set }: CheckInput): readonly ManifestFault[] {
  const services = new Map<string, string[]>();
  for (const { namespace, name } of set.ofKind('Service')) {
    const names = services.get(namespace);
    if (names === undefined) services.set(namespace, [name]);
    else names.push(name);
  }
  return set.pods.flatMap((pod) =>
    pod.containers.flatMap((container) =>
      containerFaults(set, pod, container, services.get(pod.object.namespace) ?? []),
    ),
  );
}

function containerFaults(
  set: ManifestSet,
  pod: PodTemplate,
  container: PodContainer,
  services: readonly string[],
): ManifestFault[] {
  const entries = rawEnv(container.at);
  const envFrom = sourcesOf(set, pod, container.at);
  const place = `container ${container.name}`;
  const context = { place, envFrom, services };
  const allKeysKnown = envFrom.every((source) => source.keys !== undefined);
  // of several with one name the first
  const places = new Map(
    container.at
      .at('env')
      .items.map((entry) => [entry.at('name').text ?? '', entry] as const)
      .reverse(),
  );
  return [...envFaults(entries, context), ...orderFaults(entries, context)]
    .filter(({ rule }) => allKeysKnown || (rule !== 'env-unknown' && rule !== 'env-cycle'))
    .map((fault) => {
      const at = places.get(fault.place.split(' ').at(-1) ?? '') ?? container.at.at('env');
      return faultAt(pod.object, at, fault.rule, `${fault.place}: ${fault.message}`);
    });
}

function sourcesOf(set: ManifestSet, pod: PodTemplate, container: Cursor): readonly EnvFrom[] {
  return container.at('envFrom').items.flatMap((entry): EnvFrom[] => {
    const prefix = entry.at('prefix').text ?? '';
    const configMap = entry.at('configMapRef', 'name').text;
    if (configMap !== undefined) {
      const keys = set
        .find('ConfigMap', pod.object.namespace, configMap)
        ?.root.at('data')
        .entries.map(([key]) => key);
      return [{ kind: 'configMap', name: configMap, prefix, ...(keys === undefined ? {} : { keys }) }];
    }
    const secret = entry.at('secretRef', 'name').text;
    return secret === undefined ? [] : [{ kind: 'secret', name: secret, prefix }];
  });
}
