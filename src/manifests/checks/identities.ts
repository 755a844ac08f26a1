/** Pods with an identity of a cloud can reach the service that gives them their credentials. */
import { kindAndName } from '../manifest-set.ts';
import { allows, policiesOn } from '../network-rules.ts';
import { faultAt } from './check.ts';
import type { CheckInput, ManifestFault } from './check.ts';

/** Who is asked for credentials, and on which of some ports, by the annotation of the ServiceAccount. */
const ISSUERS: readonly (readonly [annotation: string, issuer: string, ports: readonly number[]])[] = [
  ['eks.amazonaws.com/role-arn', 'AWS STS', [443]],
  ['azure.workload.identity/client-id', 'Microsoft Entra', [443]],
  ['iam.gke.io/gcp-service-account', 'the metadata server of GKE', [80, 988]],
];

/** Every pod whose credentials no egress rule lets it fetch. */
export function identityFaults({ set }: CheckInput): readonly ManifestFault[] {
  return set.pods.flatMap((pod) => {
    const account = set.find(
      'ServiceAccount',
      pod.object.namespace,
      pod.spec.at('serviceAccountName').text ?? 'default',
    );
    const leaving = policiesOn(set, pod, 'Egress');
    if (account === undefined || leaving.length === 0) return [];
    return ISSUERS.filter(([annotation]) => account.root.at('metadata', 'annotations', annotation).exists)
      .filter(([, , ports]) => !ports.some((port) => isLetOut(leaving, port)))
      .map(([annotation, issuer, ports]) => {
        const policies = leaving.map(kindAndName).join(', ');
        const message = `${kindAndName(account)} has the annotation ${annotation}, so the pod asks ${issuer} for credentials on port ${ports.join(' or ')}, outside the cluster, but no egress rule of ${policies} allows it: add an egress rule with an ipBlock for the port`;
        return faultAt(pod.object, pod.spec.at('serviceAccountName'), 'network-policy-outside', message);
      });
  });
}

function isLetOut(leaving: Parameters<typeof allows>[0], port: number): boolean {
  const wanted = { port, protocol: 'TCP', name: undefined };
  return allows(leaving, 'Egress', wanted, (peer) => peer.at('ipBlock').exists);
}
