/** Who has set a field, as `metadata.managedFields` remembers it. */
import { Cursor } from '#manifests';

/** A manager of fields. */
export interface FieldOwner {
  readonly manager: string;
  readonly operation: string;
  /** When it wrote last, as ISO 8601. */
  readonly time: string;
}

/** Managers that own a variable of a container of a workload's pods. */
export function envOwners(workload: Cursor, container: string, variable: string): readonly FieldOwner[] {
  return ownersOf(workload, (fields) => envFields(fields, container).at(`k:{"name":"${variable}"}`).exists);
}

/** Managers that own any variable of a container. */
export function envListOwners(workload: Cursor, container: string): readonly FieldOwner[] {
  return ownersOf(workload, (fields) => envFields(fields, container).exists);
}

function ownersOf(workload: Cursor, owns: (fields: Cursor) => boolean): readonly FieldOwner[] {
  return workload
    .at('metadata', 'managedFields')
    .items.filter((entry) => owns(entry.at('fieldsV1')))
    .map((entry) => ({
      manager: entry.at('manager').text ?? '',
      operation: entry.at('operation').text ?? '',
      time: entry.at('time').text ?? '',
    }));
}

function envFields(fields: Cursor, container: string): Cursor {
  const pod = fields.at('f:spec', 'f:template', 'f:spec');
  const key = `k:{"name":"${container}"}`;
  const main = pod.at('f:containers', key, 'f:env');
  return main.exists ? main : pod.at('f:initContainers', key, 'f:env');
}
