/** Shapes of who may connect: pods, addresses, an edge. */
import { type AnyShapes, either, listOf, oneOf, oneWord, type PropShapes, required } from '#prop-shapes';
import type { AddressPeer, PodPeer } from './policy.ts';

const PODS: PropShapes<PodPeer> = { podLabels: 'textMap!', namespaceLabels: 'textMap' };
const ADDRESSES: PropShapes<AddressPeer> = { cidrs: 'texts!' };
const CILIUM: AnyShapes = { ciliumEntity: required(oneWord('ingress')) };
const FORMS: Readonly<Record<string, AnyShapes>> = { podLabels: PODS, cidrs: ADDRESSES };

/** Pods by their labels. */
export const POD_PEER = oneOf({ podLabels: PODS });
/** Pods or addresses. */
export const NETWORK_PEER = oneOf(FORMS);
/** Several of them. */
export const NETWORK_PEERS = listOf(NETWORK_PEER);
/** One or several. */
export const SCRAPER = either(NETWORK_PEER, NETWORK_PEERS);
/** Who connects from an edge. */
export const EDGE_PEER = oneOf({ ...FORMS, ciliumEntity: CILIUM });
