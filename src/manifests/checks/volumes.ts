/** Volumes and mounts fit each other, and a root that cannot be written has the folders that the program writes to. */
import { expandContainerEnv } from '#env';
import type { Cursor } from '../cursor.ts';
import type { ManifestSet, PodContainer, PodTemplate } from '../manifest-set.ts';
import { faultAt, nearest } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';
import { mountedConfigMaps } from '../config-map-references.ts';
import { rawEnv } from '../raw-env.ts';
import { isKnownProgram, writtenFolders } from '../written-folders.ts';
import type { ContainerFacts } from '../written-folders.ts';
import { isUnrendered } from '../unrendered.ts';

/** Every fault of volumes, mounts and read-only roots. */
export function volumeFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) => [
    ...unusedFaults(pod),
    ...sourceFaults(pod),
    ...pod.containers.flatMap((container) => [
      ...mountFaults(pod, container),
      ...readOnlyRootFaults(set, pod, container),
    ]),
  ]);
}

function volumesOf(pod: PodTemplate): readonly Cursor[] {
  return [...pod.spec.at('volumes').items, ...claimTemplates(pod).map((template) => template.at('metadata'))];
}

function claimTemplates(pod: PodTemplate): readonly Cursor[] {
  return pod.object.kind === 'StatefulSet' ? pod.object.root.at('spec', 'volumeClaimTemplates').items : [];
}

function unusedFaults(pod: PodTemplate): ManifestFault[] {
  const used = new Set(
    pod.containers.flatMap(({ at }) => [
      ...at.at('volumeMounts').items.map((mount) => mount.at('name').text),
      ...at.at('volumeDevices').items.map((device) => device.at('name').text),
    ]),
  );
  return volumesOf(pod)
    .filter((volume) => !used.has(volume.at('name').text))
    .map((volume) => {
      const message = `the volume ${volume.at('name').text} is not mounted by any container: mount it or remove it`;
      return faultAt(pod.object, volume, 'volume-unused', message);
    });
}

/** A volume with two sources, which the server refuses. */
function sourceFaults(pod: PodTemplate): ManifestFault[] {
  return pod.spec.at('volumes').items.flatMap((volume) => {
    const sources = volume.entries.filter(([key, at]) => key !== 'name' && at.exists).map(([key]) => key);
    if (sources.length < 2 || sources.some((key) => isUnrendered(key))) return [];
    const message = `the volume ${volume.at('name').text} has the sources ${sources.join(' and ')}, must have exactly one: remove the others`;
    return [faultAt(pod.object, volume, 'field-value', message)];
  });
}

function mountFaults(pod: PodTemplate, container: PodContainer): ManifestFault[] {
  const names = volumesOf(pod).flatMap((volume) => volume.at('name').text ?? []);
  const known = new Set(names);
  const paths = new Set<string>();
  return container.at.at('volumeMounts').items.flatMap((mount) => {
    const name = mount.at('name').text ?? '';
    const path = mount.at('mountPath').text ?? '';
    const faults: ManifestFault[] = [];
    if (!known.has(name)) {
      const message = `container ${container.name} mounts the volume ${name}, which the pod does not have: ${nearest(name, names)}`;
      faults.push(faultAt(pod.object, mount, 'mount-without-volume', message));
    }
    if (paths.has(path)) {
      const message = `container ${container.name} mounts two volumes at ${path}: change one of the paths`;
      faults.push(faultAt(pod.object, mount, 'mount-path-twice', message));
    }
    paths.add(path);
    return [...faults, ...subPathFaults(pod, container, mount)];
  });
}

/** A mount with subPath of a volume whose keys are listed: the path is one of those that the list gives. */
function subPathFaults(pod: PodTemplate, container: PodContainer, mount: Cursor): ManifestFault[] {
  const at = mount.at('subPath');
  const volume = pod.spec.at('volumes').items.find((it) => it.at('name').text === mount.at('name').text);
  if (at.text === undefined || at.text === '' || volume === undefined) return [];
  const source = volume.at('configMap').exists ? volume.at('configMap') : volume.at('secret');
  const paths = source.at('items').items.flatMap((item) => item.at('path').text ?? []);
  const wanted = at.text;
  if (paths.length === 0 || paths.some((path) => path === wanted || path.startsWith(`${wanted}/`))) return [];
  const message = `container ${container.name} mounts ${wanted} of the volume ${volume.at('name').text ?? ''}, whose items have no such path, so the container cannot start: ${nearest(wanted, paths)}`;
  return [faultAt(pod.object, at, 'config-map-key', message)];
}

/** Containers of images that are not known, with a read-only root and no /tmp to write to. A matter of policy. */
export function temporaryFolderFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) =>
    pod.containers
      .filter(({ at }) => at.at('securityContext', 'readOnlyRootFilesystem').value === true)
      .filter(({ at }) => !isKnownProgram(at.at('image').text ?? ''))
      .filter((container) => !writableMounts(pod, container).some((mount) => contains(mount, TEMPORARY)))
      .map(({ name, at }) => {
        const message = `container ${name} has a read-only root and no writable ${TEMPORARY}, where most programs write: mount a sized emptyDir there`;
        return faultAt(pod.object, at, 'temporary-folder', message);
      }),
  );
}

const TEMPORARY = '/tmp';

function readOnlyRootFaults(set: ManifestSet, pod: PodTemplate, container: PodContainer): ManifestFault[] {
  if (container.at.at('securityContext', 'readOnlyRootFilesystem').value !== true) return [];
  const writable = writableMounts(pod, container);
  const facts: ContainerFacts = {
    image: container.at.at('image').text ?? '',
    command: container.at.at('command').items.map((item) => item.text ?? ''),
    variables: rawEnv(container.at).map(({ name }) => name),
    env: () => expandContainerEnv({ env: rawEnv(container.at), resolve: () => undefined }).values,
    configuration: () =>
      mountedConfigMaps(pod)
        .flatMap((name) => set.find('ConfigMap', pod.object.namespace, name)?.root.at('data').entries ?? [])
        .map(([, text]) => text.text ?? ''),
  };
  return writtenFolders(facts)
    .filter(({ anyOf }) => !anyOf.some((folder) => writable.some((mount) => contains(mount, folder))))
    .map(({ anyOf, why }) => {
      const message = `container ${container.name} has a read-only root, but ${why} writes to ${anyOf.join(' or ')}: mount a sized emptyDir or a claim there`;
      return faultAt(pod.object, container.at, 'read-only-root', message);
    });
}

function writableMounts(pod: PodTemplate, container: PodContainer): readonly string[] {
  const fixed = new Set(
    pod.spec
      .at('volumes')
      .items.filter((volume) =>
        ['configMap', 'secret', 'projected', 'downwardAPI'].some((kind) => volume.at(kind).exists),
      )
      .map((volume) => volume.at('name').text),
  );
  return container.at
    .at('volumeMounts')
    .items.filter((mount) => mount.at('readOnly').value !== true && !fixed.has(mount.at('name').text))
    .flatMap((mount) => mount.at('mountPath').text ?? []);
}

function contains(mount: string, folder: string): boolean {
  const base = mount.replace(/\/$/, '');
  return folder === base || folder.startsWith(`${base}/`);
}
