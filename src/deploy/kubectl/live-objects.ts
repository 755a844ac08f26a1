/** Objects as the server has them, and whether an apply changes one. */
import { isDeepStrictEqual } from 'node:util';
import { Cursor } from '#manifests';
import type { Change } from '../deploy-event.ts';
import type { Kubectl } from './kubectl.ts';

/** Objects by `Kind/name`, as the server answered. */
export type LiveObjects = ReadonlyMap<string, unknown>;

/** Those objects of some files that exist, with the fields' managers. */
export async function liveObjects(kubectl: Kubectl, files: readonly string[]): Promise<LiveObjects> {
  const paths = files.flatMap((file) => ['-f', file]);
  return objectsByName(await kubectl.json(['get', ...paths, '--ignore-not-found', '--show-managed-fields']));
}

/** Objects of kubectl's answer: a List, one object, or nothing. */
export function objectsByName(answer: unknown): LiveObjects {
  const top = new Cursor(answer);
  if (!top.exists) return new Map();
  const objects = top.at('kind').text === 'List' ? top.at('items').items : [top];
  return new Map(objects.map((it) => [nameOf(it), it.value]));
}

function nameOf(object: Cursor): string {
  return `${object.at('kind').text ?? ''}/${object.at('metadata', 'name').text ?? ''}`;
}

/** What an apply made of an object. */
export function changeOf(before: unknown, after: unknown): Change {
  if (before === undefined) return 'created';
  return isDeepStrictEqual(lasting(before), lasting(after)) ? 'unchanged' : 'changed';
}

/** An object without what the server counts up by itself. */
function lasting(object: unknown): unknown {
  const { status: _status, metadata, ...rest } = object as Readonly<Record<string, unknown>>;
  const {
    managedFields: _fields,
    resourceVersion: _version,
    generation: _generation,
    ...names
  } = metadata as Readonly<Record<string, unknown>>;
  return { ...rest, metadata: withoutRevision(names) };
}

/** The deployment controller counts roll-outs in an annotation. */
function withoutRevision(metadata: Readonly<Record<string, unknown>>): unknown {
  const { annotations, ...rest } = metadata;
  if (typeof annotations !== 'object' || annotations === null) return rest;
  const kept = Object.entries(annotations).filter(([key]) => key !== 'deployment.kubernetes.io/revision');
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
}
