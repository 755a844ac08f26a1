/** What of a change loses data, or the way to it. */
import type { ManifestObject } from '#manifests';
import { postgresMajor } from '#manifests';

/** What goes with an object that is deleted, in words. */
export function lossOf(title: string, { kind, root }: ManifestObject): string[] {
  switch (kind) {
    case 'PersistentVolumeClaim':
      return [`${title}: deleting it deletes its volume, unless the storage class retains it`];
    case 'Namespace':
      return [`${title}: deleting it deletes everything in it`];
    case 'StatefulSet': {
      const templates = root.at('spec', 'volumeClaimTemplates').items;
      if (templates.length === 0) return [];
      const deletes = root.at('spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted').text === 'Delete';
      return [
        `${title}: ${deletes ? 'deleting it deletes its claims and their data' : 'its claims and their data remain'}`,
      ];
    }
    case 'CustomResourceDefinition':
      return [`${title}: deleting it deletes every object of its kind`];
    default:
      return [];
  }
}

/** What a workload no longer reads of what it wrote before. */
export function dataLeft(title: string, before: ManifestObject, after: ManifestObject): string[] {
  return [...claimsLeft(title, before, after), ...versionLeft(title, before, after)];
}

/** Claims that a workload no longer uses. */
function claimsLeft(title: string, before: ManifestObject, after: ManifestObject): string[] {
  const now = claimsOf(after);
  return claimsOf(before)
    .filter((claim) => !now.includes(claim))
    .map((claim) => `${title}: no longer uses the data of ${claim}`);
}

function claimsOf({ kind, root }: ManifestObject): readonly string[] {
  if (!WITH_PODS.has(kind)) return [];
  const named = root
    .at('spec', 'template', 'spec', 'volumes')
    .items.flatMap((volume) => volume.at('persistentVolumeClaim', 'claimName').text ?? []);
  const templates = root.at('spec', 'volumeClaimTemplates').items.flatMap((it) => it.at('metadata', 'name').text ?? []);
  return [...named.map((name) => `the claim ${name}`), ...templates.map((name) => `its volumeClaimTemplate ${name}`)];
}

const WITH_PODS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
/** The major version from which the image keeps its data one folder further up, in a folder of the version. */
const MOVED_IN = 18;
const OLD_FOLDER = '/var/lib/postgresql/data';

/** PostgreSQL reads no data of another major version, and the image of 18 looks for them elsewhere. */
function versionLeft(title: string, before: ManifestObject, after: ManifestObject): string[] {
  if (!WITH_PODS.has(after.kind)) return [];
  const [old, now] = [before, after].map(({ root }) => root.at('spec', 'template', 'spec', 'containers').items);
  return (now ?? []).flatMap((container) => {
    const earlier = old?.find((it) => it.at('name').text === container.at('name').text);
    const [from, to] = [postgresMajor(earlier?.at('image').text), postgresMajor(container.at('image').text)];
    if (from === undefined || to === undefined || from === to) return [];
    const mounts = container.at('volumeMounts').items.map((mount) => mount.at('mountPath').text?.replace(/\/$/, ''));
    const stated = container.at('env').items.some((entry) => entry.at('name').text === 'PGDATA');
    if (from < MOVED_IN && to >= MOVED_IN && mounts.includes(OLD_FOLDER) && !stated) {
      return [
        `${title}: PostgreSQL ${to} stores its data in /var/lib/postgresql/${to}/docker, but the volume is mounted at ${OLD_FOLDER}, so it does not find the data of ${from}: mount the volume at /var/lib/postgresql, and migrate the data with pg_upgrade or dump and restore`,
      ];
    }
    return [
      `${title}: PostgreSQL ${to} does not start with the data of ${from}: migrate it with pg_upgrade, or dump and restore`,
    ];
  });
}
