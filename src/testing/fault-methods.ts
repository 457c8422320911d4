import type { Address } from '../core/index.ts';
import type { CutMode, Fault, LatencyModel, TcpFault } from '../sim/index.ts';

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
   * The groups cannot reach each other; whoever is in none of them is in one more. Partitions of
   * different names hold side by side.
   */
  partition(
    groups: readonly (readonly string[])[],
    how: { mode?: CutMode; name?: string } = {},
  ): void {
    this.apply({ type: 'partition', groups, ...how });
  }

  /** Ends one partition or, without a name, all. */
  heal(name?: string): void {
    this.apply({ type: 'heal', ...(name !== undefined && { name }) });
  }

  /** The share of packets lost: everywhere or, on top of that, of one process. */
  loss(loss: number, node?: string): void {
    this.apply({ type: 'loss', loss, ...(node !== undefined && { node }) });
  }

  /** How long packets travel from now on. */
  latency(latency: LatencyModel): void {
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

  /** Its wall clock is set forwards or, below 0, backwards; timers do not notice. */
  wallJump(node: string, byMs: number): void {
    this.apply({ type: 'wall-jump', node, byMs });
  }
}
