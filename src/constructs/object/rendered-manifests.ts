import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { PlacedManifest } from '#manifests';
import { renderedJson } from '#synth';

/** The objects below the given constructs, each once, in the order of the tree. */
export function apiObjectsOf(scopes: readonly IConstruct[]): readonly ApiObject[] {
  const found = scopes.flatMap((scope) => scope.node.findAll().filter((construct) => ApiObject.isApiObject(construct)));
  return [...new Set(found)];
}

/** Renders objects with their construct paths. */
export function renderedManifests(objects: readonly ApiObject[]): readonly PlacedManifest[] {
  return objects.map((object) => ({ path: object.node.path, manifest: renderedJson(object) }));
}
