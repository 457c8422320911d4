import type { Address } from '../core/index.ts';
import type { CutMode, Fault, LatencyModel, TcpFault, ZoneLatency } from '../sim/index.ts';

/** How a cut answers what it stops, silence unless told; cuts of different names hold together. */
export interface CutOptions {
  readonly mode?: CutMode;
  readonly name?: string;
}

/** Everything that can go wrong, one method each. Processes are named; all happens at once. */
export abstract class FaultMethods {
  /** A fault as data. */
  abstract apply(fault: Fault): void;

  /** Its process is gone; the machine lives on and refuses what comes. */
  crash(node: string): void {
    this.apply({ type: 'crash', node });
  }

  /** Its machine is gone: silence. */
  powerOff(node: string): void {
    this.apply({ type: 'power-off', node });
  }

  /**
   * Its program is called again; a process that runs crashes first. What its nodes saved is there
   * unless wiped, the last record cut anywhere, as a crash may do. With `address` the machine
   * comes up elsewhere.
   */
  restart(node: string, how: { saved?: 'kept' | 'wiped'; address?: Address } = {}): void {
    this.apply({ type: 'restart', node, ...how });
  }

  /** Its process stands still: no code runs, and what arrives waits. */
  pause(node: string): void {
    this.apply({ type: 'pause', node });
  }

  /** It takes what has arrived, then runs the timers that are overdue. */
  resume(node: string): void {
    this.apply({ type: 'resume', node });
  }

  /** Its timers run, but what its nodes send and what arrives waits. */
  starve(node: string): void {
    this.apply({ type: 'starve', node });
  }

  /** What has waited is released, in order. */
  feed(node: string): void {
    this.apply({ type: 'feed', node });
  }

  /**
   * The groups cannot reach each other, nor whoever is in none of them: those are one more.
   */
  partition(groups: readonly (readonly string[])[], how: CutOptions = {}): void {
    this.apply({ type: 'partition', groups, ...how });
  }

  /** What the first send does not reach the second; the way back stays open. */
  oneWayCut(from: readonly string[], to: readonly string[], how: CutOptions = {}): void {
    this.apply({ type: 'one-way-cut', from, to, ...how });
  }

  /** The two of each pair cannot reach each other; everybody else reaches both. */
  pairCut(pairs: readonly (readonly [string, string])[], how: CutOptions = {}): void {
    this.apply({ type: 'pair-cut', pairs, ...how });
  }

  /** Ends one partition or cut or, without a name, all. */
  heal(name?: string): void {
    this.apply({ type: 'heal', ...(name !== undefined && { name }) });
  }

  /** The share of packets lost: everywhere or, on top of that, of one process. */
  loss(loss: number, node?: string): void {
    this.apply({ type: 'loss', loss, ...(node !== undefined && { node }) });
  }

  /** The share of packets that arrive twice: everywhere or of one process; 0 ends it. */
  duplication(fraction: number, node?: string): void {
    this.apply({ type: 'duplication', fraction, ...(node !== undefined && { node }) });
  }

  /** The share of packets held back by up to so much longer, and so overtaken; 0 ends it. */
  reordering(fraction: number, byMs: number, node?: string): void {
    this.apply({ type: 'reordering', fraction, byMs, ...(node !== undefined && { node }) });
  }

  /** All traffic of a machine shares its link, each way: of one, or of each; 0 ends it. */
  bandwidth(bitsPerSecond: number, node?: string): void {
    this.apply({ type: 'bandwidth', bitsPerSecond, ...(node !== undefined && { node }) });
  }

  /** How long packets travel from now on. */
  latency(latency: LatencyModel | ZoneLatency): void {
    this.apply({ type: 'latency', latency });
  }

  /** Whatever enters or leaves it takes so much longer; 0 ends it. */
  slow(node: string, byMs: number): void {
    this.apply({ type: 'slow', node, byMs });
  }

  /** Its TCP port swallows, refuses, or accepts and closes at once; or is sound again. */
  tcpPort(node: string, is: TcpFault | 'sound'): void {
    this.apply({ type: 'tcp-port', node, is });
  }

  /** Its TCP listener closes with all connections it has taken, and opens again later. */
  listenerRestart(node: string, forMs: number): void {
    this.apply({ type: 'listener-restart', node, forMs });
  }

  /** While it is short of descriptors its dials fail at once, and accuse nobody. */
  descriptors(node: string, are: 'short' | 'enough'): void {
    this.apply({ type: 'descriptors', node, are });
  }

  /** While its address book is full, it can learn of nobody new. */
  book(node: string, is: 'full' | 'roomy'): void {
    this.apply({ type: 'book', node, is });
  }

  /** Its clock and its timers, the program's too, run so much faster than time; 1 is right. */
  drift(node: string, rate: number): void {
    this.apply({ type: 'drift', node, rate });
  }

  /** Its machine has another address: nothing reaches the old one, connections are lost. */
  move(node: string, address: Address): void {
    this.apply({ type: 'move', node, address });
  }

  /** Its wall clock is set forwards or, below 0, backwards; timers do not notice. */
  wallJump(node: string, byMs: number): void {
    this.apply({ type: 'wall-jump', node, byMs });
  }
}
