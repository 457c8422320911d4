/** A change of belief about one member, as the events that the application hears. */
import { equalTags, type Accusation, type Fact } from '../../blocks/membership/index.ts';
import type { Book, Status } from '../../core/index.ts';
import type { HearsayEvent, Member, ProbePath } from './events.ts';

export interface Change {
  /** Undefined for a name that was not known. */
  readonly before: Member | undefined;
  readonly after: Member;
  readonly accusers: readonly Accusation[];
  /** How this node's own probe failed, if that is the cause. */
  readonly path: ProbePath | undefined;
  /** Whether this node itself found it out. */
  readonly own: boolean;
  /** For how long it was suspected here. */
  readonly afterMs: number;
}

export function eventsOf(change: Change): HearsayEvent[] {
  const { before, after, accusers, path, own, afterMs } = change;
  if (isLive(after.status)) {
    const events = arrival(before, after, afterMs);
    if (after.status === 'suspect') {
      events.push({ type: 'member-suspected', member: after, accusers, path, again: false });
    }
    return events;
  }
  if (before === undefined) return []; // It was not known while it lived.
  if (after.status === 'dead') {
    if (!isLive(before.status)) return [];
    return [{ type: 'member-failed', member: after, accusers, own, afterMs }];
  }
  if (before.status === after.status) return [];
  return [{ type: after.status === 'left' ? 'member-left' : 'member-evicted', member: after }];
}

function arrival(before: Member | undefined, after: Member, afterMs: number): HearsayEvent[] {
  if (before === undefined) return [{ type: 'member-joined', member: after }];
  if (!isLive(before.status) || before.nodeId !== after.nodeId) {
    return [{ type: 'member-rejoined', member: after, before }];
  }
  const events: HearsayEvent[] = [];
  if (before.status === 'suspect' && after.status === 'alive') {
    events.push({ type: 'member-refuted', member: after, before, afterMs });
  }
  const same =
    before.peer === after.peer &&
    before.streams === after.streams &&
    equalTags(before.tags, after.tags);
  if (!same) events.push({ type: 'member-updated', member: after, before });
  return events;
}

/** A member as the application sees it. */
export function snapshot(fact: Fact, status: Status, book: Book, tags = fact.tags): Member {
  const { name, nodeId, peer, streams, start, counter } = fact;
  const address = book.addressOf(peer);
  return { name, address, nodeId, peer, status, tags, streams, start, counter };
}

/** Whether a member of this status counts as living. */
export function isLive(status: Status): boolean {
  return status === 'alive' || status === 'suspect';
}
