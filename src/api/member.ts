import type { Member as Snapshot, ProbeRecord } from '../designs/hearsay/index.ts';

/** A member as it was when this was made: later changes make new objects. */
export interface Member extends Omit<Snapshot, 'peer'> {
  /** The smoothed round trip of this node's own pings, ms; absent until one was answered. */
  readonly rttMs?: number;
  /** How this node last probed it; absent until it has, and in events. */
  readonly probe?: ProbeRecord;
}

/** Without the number by which this process alone knows the route. */
export function publicMember(snapshot: Snapshot, probe?: ProbeRecord): Member {
  const { name, address, nodeId, status, tags, streams, start, counter } = snapshot;
  const member = { name, address, nodeId, status, tags, streams, start, counter };
  if (probe === undefined) return member;
  return probe.rttMs === undefined
    ? { ...member, probe }
    : { ...member, rttMs: probe.rttMs, probe };
}
