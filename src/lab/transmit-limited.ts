/**
 * One event by transmit-limited gossip, as memberlist and Serf spread theirs: in each round of its
 * own a node tells three members at random, until it has told the event 4 · ⌈log10(N + 1)⌉ times;
 * nothing is acknowledged or sent again. The constants are memberlist's for a LAN.
 *
 * A model, to compare with: one event alone, among nodes that do nothing else and know each other.
 */
import { Xoshiro128 } from '../core/index.ts';

export interface TransmitLimitedOptions {
  readonly nodes: number;
  /** Share of packets lost, 0 … 1. */
  readonly loss: number;
  /** One way; less than a round. */
  readonly latencyMs: number;
  readonly seed: number;
  /** Who publishes it; default the first. */
  readonly origin?: number;
  /** Whether what one node sends so long after the publishing can reach another; default yes. */
  readonly reaches?: (from: number, to: number, atMs: number) => boolean;
}

export interface TransmitLimitedRun {
  /** Copies of the event sent. */
  readonly copies: number;
  /** When the last of those who ever got it had it. */
  readonly lastMs: number;
  /** Nodes that never got it. */
  readonly missed: number;
  /** When each node had it, after the publishing; Infinity: never. */
  readonly knownMs: readonly number[];
}

export function transmitLimited(options: TransmitLimitedOptions): TransmitLimitedRun {
  const { latencyMs, loss, nodes, origin = 0, reaches = () => true, seed } = options;
  const random = new Xoshiro128(seed, 'transmit-limited');
  const copiesMax = LAMBDA * String(nodes).length;
  const phases = Array.from({ length: nodes }, () => random.float() * INTERVAL_MS);
  // What is told in a round arrives before the same node's next one: so time goes in this order.
  const order = [...phases.keys()].toSorted((a, b) => phases[a]! - phases[b]!);
  const told = new Uint16Array(nodes);
  const knownMs: number[] = Array.from({ length: nodes }, () => Infinity);
  knownMs[origin] = 0;
  let copies = 0;
  for (let round = 0, hot = 1; hot > 0; round++) {
    hot = 0;
    for (const node of order) {
      if (knownMs[node] === Infinity || told[node]! >= copiesMax) continue;
      hot++;
      const nowMs = round * INTERVAL_MS + phases[node]!;
      if (knownMs[node]! > nowMs) continue;
      for (const to of othersOf(node, Math.min(FANOUT, nodes - 1), nodes, random)) {
        if (told[node] === copiesMax) break;
        told[node]!++;
        copies++;
        if (random.float() < loss || !reaches(node, to, nowMs)) continue;
        knownMs[to] = Math.min(knownMs[to]!, nowMs + latencyMs);
      }
    }
  }
  const known = knownMs.filter((ms) => ms < Infinity);
  return { copies, lastMs: Math.max(...known), missed: nodes - known.length, knownMs };
}

/** So many different ones, at random. */
function othersOf(node: number, count: number, nodes: number, random: Xoshiro128): Set<number> {
  const others = new Set<number>();
  while (others.size < count) {
    const other = random.below(nodes);
    if (other !== node) others.add(other);
  }
  return others;
}

const FANOUT = 3;
const INTERVAL_MS = 200;
const LAMBDA = 4;
