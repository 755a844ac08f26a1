/**
 * Faults of several constructs in one error. A construct throws its faults where it is created, so nobody would hear of
 * those of the next one before the first is mended. Below checks of the manifests, faults are noted instead, and
 * synthesis fails with those of all.
 */
import type { IConstruct } from 'constructs';
import { assertNoFaults, formatFault } from '#env';
import type { Fault } from '#env';

const COLLECTS = 'cdk8s-nats.dev/collects-faults';
const NOTED = 'cdk8s-nats.dev/faults';

/** From now on, constructs that are created below note their faults. */
export function collectFaults(scope: IConstruct): void {
  scope.node.addMetadata(COLLECTS, true);
}

/** Throws the faults of a construct, or notes them where they are collected; returns whether there were any. */
export function reportFaults(construct: IConstruct, faults: readonly Fault[]): boolean {
  if (!construct.node.scopes.some((scope) => holds(scope, COLLECTS))) assertNoFaults(faults);
  if (faults.length === 0) return false;
  construct.node.addMetadata(NOTED, true);
  construct.node.addValidation({ validate: () => faults.map(formatFault) });
  return true;
}

/** Whether any construct of the app has noted faults, so that its objects are not what they will be. */
export function hasNotedFaults(scope: IConstruct): boolean {
  return scope.node.root.node.findAll().some((construct) => holds(construct, NOTED));
}

function holds({ node }: IConstruct, key: string): boolean {
  return node.metadata.some(({ type }) => type === key);
}
