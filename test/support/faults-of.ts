import { parseAllDocuments } from 'yaml';
import { manifestFaults } from '../../src/manifests/checks/manifest-faults.ts';
import type { CheckOptions } from '../../src/manifests/checks/check.ts';

/** `rule pointer` of each fault in a text of YAML, of some rules only. */
export function faultsOf(text: string, rules: readonly string[], options: CheckOptions = {}): readonly string[] {
  const manifests = parseAllDocuments(text).map((document) => ({
    path: 'x.yaml',
    manifest: document.toJS() as unknown,
  }));
  return manifestFaults(manifests, options)
    .filter(({ rule }) => rules.includes(rule))
    .map(({ rule, pointer }) => `${rule} ${pointer}`);
}

/** A Deployment `shop` with one container, given fields of the container and of the pod's spec in flow style. */
export function deploymentWith(container: string, spec = '', kind = 'Deployment', apiVersion = 'apps/v1'): string {
  return `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: shop}, spec: {selector: {matchLabels: {app: shop}}, template: {metadata: {labels: {app: shop}}, spec: {${spec === '' ? '' : `${spec}, `}containers: [{name: main, image: 'shop:1', ${container}}]}}}}\n---\n`;
}
