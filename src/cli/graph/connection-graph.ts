/**
 * Who talks to whom in a set of manifests: workloads, what the edge leads to, and hosts outside of the set. Each arrow
 * says whether NetworkPolicies let it through, and what they let through beyond the arrows is drawn too.
 */
import { containerConnections, kindAndName, manifestSet } from '#manifests';
import {
  backendsOf,
  ciliumLetsIn,
  dialsOf,
  letsTheEdgeIn,
  passageOf,
  podsBehind,
  policiesOn,
  portOf,
  publicHosts,
} from '#manifests';
import { targetPort, targetsOf } from '#manifests';
import type { Dial, ManifestSet, PlacedManifest, PodTemplate } from '#manifests';
import { GraphDraft } from './graph-draft.ts';
import type { ConnectionGraph } from './graph-model.ts';
import { drawOpenings } from './opening-edges.ts';

/** `nats-0.nats`, by its look a host of the internet too. */
const POD_OF_A_SET = /^[^.]+-\d+\.[^.]+$/;

/** Draws the graph of some manifests. */
export function connectionGraph(manifests: readonly PlacedManifest[]): ConnectionGraph {
  const set = manifestSet(manifests);
  const draft = new GraphDraft(noteOf(set), new Set(set.pods.map(({ object }) => object.namespace)).size > 1);
  set.pods.forEach((pod) => draft.pod(pod));
  for (const dial of dialsOf(set)) drawDial(draft, set, dial);
  drawOutside(draft, set);
  drawEdge(draft, set);
  drawOpenings(draft, set);
  return draft.graph();
}

/** Where there are policies, what they do not restrict is worth a word. */
function noteOf(set: ManifestSet): (pod: PodTemplate) => string {
  if (set.ofKind('NetworkPolicy').length === 0) return () => '';
  return (pod) => {
    const [into, out] = [policiesOn(set, pod, 'Ingress').length > 0, policiesOn(set, pod, 'Egress').length > 0];
    if (into && out) return '';
    if (!into && !out) return 'no policy';
    return into ? 'may call anyone' : 'anyone may call it';
  };
}

function drawDial(draft: GraphDraft, set: ManifestSet, dial: Dial): void {
  const from = draft.pod(dial.pod);
  const service = set.find('Service', dial.namespace, dial.service);
  const name = { scheme: dial.scheme, port: dial.port };
  if (service === undefined || podsBehind(set, service).length === 0) {
    draft.edge(from, draft.outside(dial.service), { ...name, reached: dial.port, verdict: 'free', blockedAt: '' });
    return;
  }
  for (const { pod, port } of targetsOf(set, dial)) {
    const { leaving, out, entering, in: letIn } = passageOf(set, dial.pod, pod, port);
    const blockedAt = [...(out ? [] : ['no way out']), ...(letIn ? [] : ['no way in'])].join(', ');
    const free = leaving.length === 0 && entering.length === 0;
    const verdict = blockedAt !== '' ? 'blocked' : free ? 'free' : 'allowed';
    draft.edge(from, draft.pod(pod), { ...name, reached: port, verdict, blockedAt });
  }
}

/** Hosts of URLs outside the cluster. The set's own host at the edge is its public name, which nobody need dial. */
function drawOutside(draft: GraphDraft, set: ManifestSet): void {
  const own = publicHosts(set);
  const dialled = new Set(dialsOf(set).map(({ pod, named, port }) => `${pod.object.index} ${named} ${port}`));
  for (const template of set.pods) {
    for (const container of template.containers) {
      for (const { host, port, scheme, service, named: words } of containerConnections(set, container)) {
        const named = `${template.object.index} ${words} ${port}`;
        if (service !== undefined || own.has(host) || (POD_OF_A_SET.test(host) && dialled.has(named))) continue;
        const found = { scheme, port, reached: port, verdict: 'free', blockedAt: '' } as const;
        draft.edge(draft.pod(template), draft.outside(host), found);
      }
    }
  }
}

function drawEdge(draft: GraphDraft, set: ManifestSet): void {
  for (const { edge, service, entry, port } of backendsOf(set)) {
    const from = draft.node(`${edge.namespace}/${kindAndName(edge)}`, edge.name, 'edge');
    for (const pod of service === undefined ? [] : podsBehind(set, service)) {
      const reached = (entry === undefined ? undefined : targetPort(entry, pod)) ?? port ?? '';
      const entering = policiesOn(set, pod, 'Ingress');
      const letIn =
        typeof reached !== 'number' || letsTheEdgeIn(entering, portOf(pod, reached)) || ciliumLetsIn(set, pod, reached);
      const verdict = entering.length === 0 ? 'free' : letIn ? 'allowed' : 'blocked';
      const blockedAt = verdict === 'blocked' ? 'no way in' : '';
      draft.edge(from, draft.pod(pod), { scheme: 'http', port: port ?? '', reached, verdict, blockedAt });
    }
  }
}
