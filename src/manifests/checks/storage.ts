/** Volumes that the program in front of them cannot use as they come. */
import { postgresMajor } from '../image.ts';
import type { Cursor } from '../cursor.ts';
import type { PodContainer, PodTemplate } from '../manifest-set.ts';
import { rawEnv } from '../raw-env.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Every such volume. */
export function storageFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) => [
    ...pod.containers.flatMap((container) => postgresFaults(pod, container)),
    ...permissionFaults(pod),
  ]);
}

const OLD_FOLDER = '/var/lib/postgresql/data';
/** The major version from which the image declares its volume one folder further up. */
const MOVED_IN = 18;

function postgresFaults(pod: PodTemplate, container: PodContainer): ManifestFault[] {
  const major = postgresMajor(container.at.at('image').text);
  if (major === undefined) return [];
  const claims = claimNames(pod);
  const mount = container.at
    .at('volumeMounts')
    .items.find((it) => trimmed(it.at('mountPath').text) === OLD_FOLDER && claims.has(it.at('name').text ?? ''));
  if (mount === undefined || mount.at('subPath').exists || mount.at('subPathExpr').exists) return [];
  const data = rawEnv(container.at).findLast(({ name }) => name === 'PGDATA');
  const fault = (message: string): ManifestFault[] => [faultAt(pod.object, mount, 'postgres-mount', message)];
  if (major >= MOVED_IN) {
    if (data !== undefined) return [];
    return fault(
      `container ${container.name} runs PostgreSQL ${major}, which stores its data in /var/lib/postgresql/${major}/docker, but the claim is mounted at ${OLD_FOLDER}, so it does not contain the data or the start fails: mount the claim at /var/lib/postgresql`,
    );
  }
  if (data !== undefined && trimmed(data.value) !== OLD_FOLDER) return [];
  return fault(
    `container ${container.name} has its data folder at the mount point of a claim, where a new file system has lost+found, but initdb rejects a folder that is not empty: set PGDATA to a folder below it, such as ${OLD_FOLDER}/pgdata, or mount with a subPath`,
  );
}

function trimmed(path: string | undefined): string | undefined {
  return path?.replace(/\/+$/, '');
}

/** Names of the volumes of a pod that are claims. */
function claimNames(pod: PodTemplate): ReadonlySet<string> {
  const named = pod.spec
    .at('volumes')
    .items.filter((volume) => volume.at('persistentVolumeClaim').exists || volume.at('ephemeral').exists)
    .map((volume) => volume.at('name'));
  const templates =
    pod.object.kind === 'StatefulSet'
      ? pod.object.root.at('spec', 'volumeClaimTemplates').items.map((claim) => claim.at('metadata', 'name'))
      : [];
  return new Set([...named, ...templates].flatMap((name) => name.text ?? []));
}

/** A new volume often belongs to root; fsGroup gives it to the program's group. */
function permissionFaults(pod: PodTemplate): ManifestFault[] {
  const security = pod.spec.at('securityContext');
  if (security.at('fsGroup').exists || pod.spec.at('hostUsers').value === false) return [];
  const claims = claimNames(pod);
  if (claims.size === 0 || pod.containers.some((it) => it.initial && changesOwner(it.at, security))) return [];
  return pod.containers.flatMap(({ name, at }) => {
    const user = at.at('securityContext', 'runAsUser').number ?? security.at('runAsUser').number;
    const isUser = user !== undefined && user !== 0;
    const mount = at
      .at('volumeMounts')
      .items.find((it) => it.at('readOnly').value !== true && claims.has(it.at('name').text ?? ''));
    if (!isUser || mount === undefined) return [];
    const message = `container ${name} runs as user ${user} and writes to a claim, but without fsGroup the volume may belong to root: set securityContext.fsGroup of the pod, such as ${user}`;
    return [faultAt(pod.object, mount, 'claim-permissions', message)];
  });
}

/** A container that may hand the volume over: it runs as root, or says chown. */
function changesOwner(container: Cursor, pod: Cursor): boolean {
  const user = container.at('securityContext', 'runAsUser').number ?? pod.at('runAsUser').number;
  const words = ['command', 'args'].flatMap((field) => container.at(field).items.map((word) => word.text ?? ''));
  return user === 0 || /\bch(?:own|mod)\b/.test(words.join(' '));
}
