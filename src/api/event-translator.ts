import { equalTags } from '../blocks/membership/index.ts';
import type { HostEvent } from '../core/index.ts';
import type { HearsayEvent } from '../designs/hearsay/index.ts';
import { fromValue } from './content.ts';
import type { ClusterEvent, ClusterEventOf } from './events.ts';
import { publicMember, type Member } from './member.ts';

/** Turns what a host tells into what a program is told. */
export class EventTranslator {
  /** Accusers told of so far, by the accused's name. */
  readonly #accusers = new Map<string, ReadonlySet<string>>();
  readonly #self: string;

  /** @param self name of the node that is told */
  constructor(self: string) {
    this.#self = self;
  }

  /** Undefined for what is no business of the program. */
  translate(event: HearsayEvent | HostEvent): ClusterEvent | undefined {
    switch (event.type) {
      case 'member-suspected':
        return this.#suspected(event);
      case 'member-joined':
      case 'member-left':
      case 'member-evicted':
        this.#accusers.delete(event.member.name);
        return { type: event.type, member: publicMember(event.member) };
      case 'member-failed':
        this.#accusers.delete(event.member.name);
        return { ...event, member: publicMember(event.member) };
      case 'member-refuted':
        this.#accusers.delete(event.member.name);
        return { type: event.type, ...bothOf(event), afterMs: event.afterMs };
      case 'member-rejoined': {
        this.#accusers.delete(event.member.name);
        const why = event.before.nodeId === event.member.nodeId ? 'returned' : 'restarted';
        return { type: event.type, ...bothOf(event), why };
      }
      case 'member-updated': {
        const both = bothOf(event);
        return { type: event.type, ...both, changed: changesOf(both) };
      }
      case 'accused':
      case 'name-conflict':
      case 'isolated':
      case 'joined':
      case 'slept':
      case 'rejected':
      case 'streams-blocked':
      case 'saving-blocked':
        return event;
      case 'start-refused': {
        const { from: source, count } = event;
        return { type: 'rejected', reason: 'start-in-future', source, count };
      }
      case 'state-changed':
        return stateChange(event);
      case 'map-changed':
        return mapChange(event);
      case 'value-refused':
        return event;
      case 'stamp-refused': {
        const { from: source, ...rest } = event;
        return { ...rest, source };
      }
      case 'introduced':
      case 'join-failed':
      case 'departed':
      case 'failed':
      case 'stopped':
      // Of queries: what tells a program of these is what `cluster.query` returns.
      case 'query-received':
      case 'query-acknowledged':
      case 'query-answered':
      case 'query-refused':
      case 'query-ended':
      case 'map-ready':
      // Of topics: `cluster.topic` tells.
      case 'event-published':
      case 'events-missed':
      case 'events-drained':
        return undefined;
    }
  }

  #suspected(event: Extract<HearsayEvent, { type: 'member-suspected' }>): ClusterEvent {
    const { member, accusers } = event;
    const known = event.again ? this.#accusers.get(member.name) : undefined;
    const names = accusers.map(({ by }) => by);
    this.#accusers.set(member.name, new Set(names));
    const fresh = names.find((name) => known?.has(name) !== true) ?? names[0] ?? '';
    const accuser = event.path === undefined ? fresh : this.#self;
    return { ...event, member: publicMember(member), accuser };
  }
}

/** Values are read when they are asked for: mostly nobody listens. */
function stateChange({
  value,
  before,
  ...event
}: Extract<HearsayEvent, { type: 'state-changed' }>): ClusterEventOf<'state-changed'> {
  return {
    ...event,
    get value() {
      return value && fromValue(value);
    },
    get before() {
      return before && fromValue(before);
    },
  };
}

function mapChange({
  key,
  value,
  before,
  stamp,
}: Extract<HearsayEvent, { type: 'map-changed' }>): ClusterEventOf<'map-changed'> {
  return {
    type: 'map-changed',
    key,
    get value() {
      return value && fromValue(value);
    },
    get before() {
      return before && fromValue(before);
    },
    at: stamp?.wallMs,
    by: stamp?.by,
  };
}

function bothOf(
  event: Extract<HearsayEvent, { type: 'member-updated' | 'member-rejoined' | 'member-refuted' }>,
): {
  member: Member;
  before: Member;
} {
  return { member: publicMember(event.member), before: publicMember(event.before) };
}

function changesOf(of: { member: Member; before: Member }): ('address' | 'streams' | 'tags')[] {
  const { member, before } = of;
  const changed: ('address' | 'streams' | 'tags')[] = [];
  if (member.address !== before.address) changed.push('address');
  if (member.streams !== before.streams) changed.push('streams');
  if (!equalTags(member.tags, before.tags)) changed.push('tags');
  return changed;
}
