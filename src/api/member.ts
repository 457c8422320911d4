import type { Member as Snapshot } from '../designs/hearsay/index.ts';

/** A member as it was when this was made: later changes make new objects. */
export type Member = Omit<Snapshot, 'peer'>;

/** Without the number by which this process alone knows the route. */
export function publicMember(snapshot: Snapshot): Member {
  const { name, address, nodeId, status, tags, streams, start, counter } = snapshot;
  return { name, address, nodeId, status, tags, streams, start, counter };
}
