import { describe, expect, it } from 'vitest';
import { deploymentWith, faultsOf } from '#test-support/faults-of';

const RULES = ['network-policy-outside'];
const account = (annotation: string): string =>
  `{apiVersion: v1, kind: ServiceAccount, metadata: {name: shop, annotations: {${annotation}: x}}}\n---\n`;
const egress = (rule: string): string =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: shop}, spec: {podSelector: {matchLabels: {app: shop}}, policyTypes: [Egress], egress: [${rule}]}}\n---\n`;
const shop = deploymentWith('', 'serviceAccountName: shop');
const AT = 'network-policy-outside /spec/template/spec/serviceAccountName';

describe('a pod with an identity of a cloud', () => {
  it.each(['eks.amazonaws.com/role-arn', 'azure.workload.identity/client-id', 'iam.gke.io/gcp-service-account'])(
    'of %s is told that no rule lets it fetch its credentials',
    (annotation) => {
      expect(faultsOf(account(annotation) + egress('{ports: [{port: 53}]}') + shop, RULES)).toEqual([AT]);
      expect(faultsOf(account(annotation) + egress('{to: [{podSelector: {}}]}') + shop, RULES)).toEqual([AT]);
    },
  );

  it.each([
    ['a rule for the port', account('eks.amazonaws.com/role-arn') + egress('{ports: [{port: 443}]}')],
    [
      'a range',
      account('eks.amazonaws.com/role-arn') + egress('{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}]}'),
    ],
    ['the metadata server', account('iam.gke.io/gcp-service-account') + egress('{ports: [{port: 988}]}')],
    ['no policy', account('eks.amazonaws.com/role-arn')],
    ['another annotation', account('example.org/role') + egress('{ports: [{port: 53}]}')],
  ])('is not told with %s', (_, others) => {
    expect(faultsOf(others + shop, RULES)).toEqual([]);
  });
});
