import type { Peer } from '../../../core/index.ts';
import type { View } from '../view.ts';

/**
 * Whether a live member is behind a route. The roster knows one name for each route at a glance; a
 * forged second name may stand before the true one, so whoever seems not to live is looked for.
 */
export function isLivePeer({ roster }: View, peer: Peer): boolean {
  const slot = roster.slotOfPeer(peer);
  if (slot >= 0 && roster.isLive(slot)) return true;
  for (const other of roster.slots()) {
    if (roster.isLive(other) && roster.fact(other)?.peer === peer) return true;
  }
  return false;
}
