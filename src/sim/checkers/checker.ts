import type { HeldEntry, Holding, MemberView, Peer } from '../../core/index.ts';

/** A run as a checker sees it, at one moment. Times are milliseconds since the start. */
export interface Observed {
  readonly elapsedMs: number;
  /** Since when nothing has started, ended or gone wrong; undefined while something is wrong. */
  readonly quietSinceMs: number | undefined;
  readonly nodes: readonly ObservedNode[];
  /** The node that a route, to a past or present life, led to; one to anyone: who is there now. */
  ownerOf(peer: Peer): ObservedNode | undefined;
}

/** One node, with what it believes. */
export interface ObservedNode {
  readonly name: string;
  /** The name that others know it by: mostly the same, but two nodes may claim one. */
  readonly member: string;
  readonly cluster: string;
  /** The route to its present or last life. */
  readonly self: Peer;
  /** Whether its process lives, be it paused. */
  readonly isUp: boolean;
  /** Why its last life stopped by itself; undefined if it did not. */
  readonly stopReason: string | undefined;
  /** Since when it runs untouched by any fault; undefined while it does not. */
  readonly healthySinceMs: number | undefined;
  /** Since when it has no process; undefined while it has one. */
  readonly downSinceMs: number | undefined;
  members(): Iterable<MemberView>;
  /** What its design says that it holds. */
  holdings(): Iterable<Holding>;
  /** How often it has forgotten another, or all others, in its present life. */
  readonly forgettings: number;
  /** The data that it holds. */
  heldData(): Iterable<HeldEntry>;
  /** Timers of its present life that are pending. */
  timers(): number;
  checksum(): number;
}

/** A promise that a run has broken. */
export interface Violation {
  readonly checker: string;
  /** Since the start. */
  readonly atMs: number;
  /** Whose view it was. */
  readonly node: string;
  readonly text: string;
}

/** Tells that a promise is broken in the view of a node. */
export type Report = (node: string, text: string) => void;

/** Looks at a run from time to time and reports what must not be. */
export interface Checker {
  readonly name: string;
  observe(run: Observed, report: Report): void;
}

/** The nodes that have run untouched for a time: only they can be held to promises. */
export function healthyFor(run: Observed, ms: number): ObservedNode[] {
  return run.nodes.filter(
    ({ healthySinceMs }) => healthySinceMs !== undefined && run.elapsedMs - healthySinceMs >= ms,
  );
}

/** Of these, those that have found their cluster: whoever looks for it shares nothing yet. */
export function membersFor(run: Observed, ms: number): ObservedNode[] {
  return healthyFor(run, ms).filter((node) => node.isUp && isMember(node));
}

function isMember(node: ObservedNode): boolean {
  for (const { peer } of node.members()) if (peer === node.self) return true;
  return false;
}
