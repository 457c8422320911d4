import type { Address } from '../core/index.ts';
import type { CutMode, LatencyModel, ZoneLatency } from '../blocks/network/index.ts';
import type { TcpFault } from './sim-node.ts';

/** What goes wrong, or right again, as data. Nodes are named. */
export type Fault =
  /** The process is gone at once; its machine resets and refuses. */
  | { readonly type: 'crash'; readonly node: string }
  /** The machine is gone at once: silence. */
  | { readonly type: 'power-off'; readonly node: string }
  | Restart
  /** The process stands still: no handler runs, and what arrives waits in its kernel. */
  | { readonly type: 'pause'; readonly node: string }
  /** It takes what has arrived, then runs the timers that are overdue. */
  | { readonly type: 'resume'; readonly node: string }
  /** Its timers run, but what it sends and what arrives waits. */
  | { readonly type: 'starve'; readonly node: string }
  /** What has waited is released, in order. */
  | { readonly type: 'feed'; readonly node: string }
  | Partition
  | OneWayCut
  | PairCut
  /** Ends one partition or cut, or all. */
  | { readonly type: 'heal'; readonly name?: string }
  /** Its TCP port swallows, refuses, or accepts and closes at once; or is sound again. */
  | { readonly type: 'tcp-port'; readonly node: string; readonly is: TcpFault | 'sound' }
  /** Its TCP listener is closed, with all connections it has taken, and opened again later. */
  | { readonly type: 'listener-restart'; readonly node: string; readonly forMs: number }
  /** While it is short of descriptors its dials fail at once, and accuse nobody. */
  | { readonly type: 'descriptors'; readonly node: string; readonly are: 'short' | 'enough' }
  /** While its address book is full, `keep` says no. */
  | { readonly type: 'book'; readonly node: string; readonly is: 'full' | 'roomy' }
  /** The share of packets lost everywhere or, on top of that, of what one node sends and gets. */
  | { readonly type: 'loss'; readonly loss: number; readonly node?: string }
  /** The share of packets that arrive twice, everywhere or of one node's; 0 ends it. */
  | { readonly type: 'duplication'; readonly fraction: number; readonly node?: string }
  | Reordering
  | LinkBandwidth
  /** Whatever enters or leaves it takes so much longer; 0 ends it. */
  | { readonly type: 'slow'; readonly node: string; readonly byMs: number }
  /** Its wall clock is set forwards or, below 0, backwards; timers do not notice. */
  | { readonly type: 'wall-jump'; readonly node: string; readonly byMs: number }
  /** Its clock and its timers run so much faster than time, or slower; 1 is right again. */
  | { readonly type: 'drift'; readonly node: string; readonly rate: number }
  /** The running process has another address: nothing reaches the old one, connections are lost. */
  | { readonly type: 'move'; readonly node: string; readonly address: Address }
  /** Another distribution of latency from now on, or several by the nodes' zones. */
  | { readonly type: 'latency'; readonly latency: LatencyModel | ZoneLatency };

/** A new life, also of a node that is up. */
export interface Restart {
  readonly type: 'restart';
  readonly node: string;
  /** Kept: it finds what it saved, the last record cut anywhere unless durable. Default kept. */
  readonly saved?: 'kept' | 'wiped';
  /** It comes up somewhere else. */
  readonly address?: Address;
}

/** The groups cannot reach each other, nor the nodes of none of them. */
export interface Partition {
  readonly type: 'partition';
  readonly groups: readonly (readonly string[])[];
  /** Default 'drop'. */
  readonly mode?: CutMode;
  /** Partitions of different names hold side by side. */
  readonly name?: string;
}

/** What the first send does not reach the second; the way back stays open. */
export interface OneWayCut {
  readonly type: 'one-way-cut';
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Default 'drop'. */
  readonly mode?: CutMode;
  /** Shared with partitions. */
  readonly name?: string;
}

/** The two of each pair cannot reach each other; everybody else reaches both. */
export interface PairCut {
  readonly type: 'pair-cut';
  readonly pairs: readonly (readonly [string, string])[];
  /** Default 'drop'. */
  readonly mode?: CutMode;
  /** Shared with partitions. */
  readonly name?: string;
}

/** The share of packets held back by up to so much longer, and so overtaken; 0 ends it. */
export interface Reordering {
  readonly type: 'reordering';
  readonly fraction: number;
  readonly byMs: number;
  /** What it sends and gets; default: everywhere. */
  readonly node?: string;
}

/** All traffic of a node shares its link, each way: packets, streams, both lanes; 0 ends it. */
export interface LinkBandwidth {
  readonly type: 'bandwidth';
  readonly bitsPerSecond: number;
  /** Packets that find more waiting are dropped; default 100 ms of the link, at least 16 kB. */
  readonly queueBytesMax?: number;
  /** Default: every node that has no link of its own. */
  readonly node?: string;
}
