/** Arrows for what policies let through although nobody is seen to dial it. */
import { containerPorts, openingsOf, passageOf } from '#manifests';
import type { ManifestSet, Opening, PodTemplate } from '#manifests';
import type { GraphDraft } from './graph-draft.ts';

const DNS_PORT = 53;
const ANY_PORT = 'any port';

/** Adds them; an arrow that is there already stays as it is. */
export function drawOpenings(draft: GraphDraft, set: ManifestSet): void {
  for (const opening of openingsOf(set)) {
    if (opening.peers.length === 0) drawOutsider(draft, opening);
    for (const peer of opening.peers) drawPeer(draft, set, opening, peer);
  }
}

/** A peer of the set: drawn when the policies at both ends agree. */
function drawPeer(draft: GraphDraft, set: ManifestSet, { pod, direction, ports }: Opening, peer: PodTemplate): void {
  const [caller, callee] = direction === 'Ingress' ? [peer, pod] : [pod, peer];
  for (const { port, first } of portsAt(callee, ports)) {
    const passage = passageOf(set, caller, callee, first);
    if (passage.out && passage.in) draft.edge(draft.pod(caller), draft.pod(callee), unused(port));
  }
}

/** Ports of a pod that a rule means: how each is written, and a number by which other policies are asked. */
function portsAt(callee: PodTemplate, ports: Opening['ports']): readonly { port: number | string; first: number }[] {
  const declared = containerPorts(callee);
  if (ports.length === 0) {
    return declared.length === 0 ? [{ port: ANY_PORT, first: 0 }] : declared.map(({ port }) => ({ port, first: port }));
  }
  return ports.flatMap((port) => {
    const number = declared.find(({ name }) => name === port)?.port ?? port;
    const first = Number.parseInt(String(number), 10);
    // a name that the pod does not have opens nothing
    return Number.isNaN(first) ? [] : [{ port: number, first }];
  });
}

/**
 * A peer outside the set. The cluster's DNS is no news, and who is let in on the port to which the edge leads is taken
 * for the edge.
 */
function drawOutsider(draft: GraphDraft, { pod, direction, peer, ports }: Opening): void {
  if (ports.length > 0 && ports.every((port) => port === DNS_PORT)) return;
  const own = draft.pod(pod);
  for (const port of ports.length === 0 ? [ANY_PORT] : ports) {
    if (direction === 'Egress') draft.edge(own, draft.outside(peer), unused(port));
    else if (!draft.isServedByEdge(own, port)) draft.edge(draft.outside(peer), own, unused(port));
  }
}

function unused(port: number | string) {
  return { scheme: undefined, port, reached: port, verdict: 'unused', blockedAt: '' } as const;
}
