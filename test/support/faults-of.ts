import { parseAllDocuments } from 'yaml';
import { manifestFaults } from '../../src/manifests/checks/manifest-faults.ts';
import type { CheckOptions, ManifestFault } from '../../src/manifests/checks/check.ts';

/** `rule pointer` of each fault in a text of YAML, of some rules only. */
export function faultsOf(text: string, rules: readonly string[], options: CheckOptions = {}): readonly string[] {
  return foundIn(text, rules, options).map(({ rule, pointer }) => `${rule} ${pointer}`);
}

/** The message of each such fault. */
export function messagesOf(text: string, rules: readonly string[]): readonly string[] {
  return foundIn(text, rules, {}).map(({ message }) => message);
}

function foundIn(text: string, rules: readonly string[], options: CheckOptions): readonly ManifestFault[] {
  const manifests = parseAllDocuments(text).map((document) => ({
    path: 'x.yaml',
    manifest: document.toJS() as unknown,
  }));
  return manifestFaults(manifests, options).filter(({ rule }) => rules.includes(rule));
}

/** A Deployment `shop` with one container, given fields of the container and of the pod's spec in flow style. */
export function deploymentWith(container: string, spec = '', kind = 'Deployment', apiVersion = 'apps/v1'): string {
  return `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: shop}, spec: {selector: {matchLabels: {app: shop}}, template: {metadata: {labels: {app: shop}}, spec: {${spec === '' ? '' : `${spec}, `}containers: [{name: main, image: 'shop:1', ${container}}]}}}}\n---\n`;
}
