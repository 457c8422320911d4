/**
 * Names for places and for lives.
 *
 * A *member* is a name. Each start of it draws a random 64-bit {@link NodeId}; the pair of an
 * {@link Address} and a NodeId is a route, and a {@link Peer} is that route as a small number.
 */

/** 64 random bits, drawn by the host at each start: 16 lowercase hexadecimal digits. */
export type NodeId = string;

/** Whoever lives at an address: the nodeId of a route whose tenant is not known yet. */
export const ANYONE: NodeId = '0000000000000000';

/** An IP address and port in canonical text: `10.0.0.4:7946` or `[2001:db8::1]:7946`. */
export type Address = string;

/**
 * A route to one node: an interned (advertised address, nodeId).
 *
 * The number is slot + generation · 2^24. Arrays use the slot; a number is never given out twice.
 */
export type Peer = number;

/** No route at all. Never passed to a host. */
export const NOBODY: Peer = -1;

const SLOTS = 2 ** 24;

/** The dense part of a Peer, for indexing arrays: 0 … 2^24 − 1. */
export function slotOf(peer: Peer): number {
  return peer % SLOTS;
}
