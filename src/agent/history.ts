/**
 * What has happened to each member, as this agent was told: for people who ask later.
 *
 * Bounded twice: so many entries a member, so many in all. Where there are too many, the member
 * that nothing was heard of for longest loses its oldest.
 */
import type { Cluster, ClusterEvent, ClusterEventOf, ClusterEventType } from '../api/index.ts';
import type { NodeId } from '../core/index.ts';
import { MEMBER_EVENTS } from './member-events.ts';

/** One thing that happened to a member, newest last in its history. */
export type HistoryEntry = {
  /** When this agent was told, ms since 1970. */
  readonly at: number;
  /** The nodeId of the life that it is about. */
  readonly life: NodeId;
} & Happening;

type Happening =
  | { readonly type: 'joined'; readonly address: string }
  | {
      readonly type: 'rejoined';
      readonly address: string;
      readonly why: ClusterEventOf<'member-rejoined'>['why'];
      readonly before: { readonly status: string; readonly life: NodeId };
    }
  | (Told<'member-suspected', 'accuser' | 'accusers' | 'path' | 'again'> & {
      readonly type: 'suspected';
      /** Members suspected here at that moment, this one included, and live ones. */
      readonly suspects: number;
      readonly members: number;
      /** This agent's own health score: 0 is well, 8 the worst. */
      readonly health: number;
    })
  | (Told<'member-refuted', 'afterMs'> & { readonly type: 'refuted' })
  | (Told<'member-failed', 'accusers' | 'own' | 'afterMs'> & { readonly type: 'failed' })
  | { readonly type: 'left' | 'evicted' }
  | (Told<'member-updated', 'changed'> & { readonly type: 'updated'; readonly address: string })
  /** This agent's own member: others said so of it. */
  | (Told<'accused', 'status' | 'accusers' | 'health'> & { readonly type: 'accused' })
  | (Told<'slept', 'forMs'> & { readonly type: 'slept' });

type Told<T extends ClusterEventType, K extends keyof ClusterEventOf<T>> = Pick<
  ClusterEventOf<T>,
  K
>;

export class History {
  readonly #cluster: Cluster;
  readonly #clock: () => number;
  /** The member that nothing was heard of for longest first. */
  readonly #members = new Map<string, Remembered>();
  #entries = 0;

  /** @param clock milliseconds since 1970 */
  constructor(cluster: Cluster, clock: () => number = Date.now) {
    this.#cluster = cluster;
    this.#clock = clock;
    for (const type of TYPES) cluster.on(type, (event) => this.#hear(event));
  }

  /** Entries held, of all members. */
  get size(): number {
    return this.#entries;
  }

  /** Oldest first; empty for a name never heard of. */
  of(name: string): readonly HistoryEntry[] {
    return this.#members.get(name)?.entries ?? [];
  }

  /** Since when its status has been what it is, ms since 1970; undefined: it is not known. */
  since(name: string): number | undefined {
    return this.#members.get(name)?.since;
  }

  #hear(event: ClusterEvent): void {
    const { name, nodeId } = 'member' in event ? event.member : this.#cluster.self;
    const happening = this.#happening(event);
    if (happening !== undefined) this.#add(name, { at: this.#clock(), life: nodeId, ...happening });
  }

  #happening(event: ClusterEvent): Happening | undefined {
    switch (event.type) {
      case 'joined':
        return { type: 'joined', address: this.#cluster.self.address };
      case 'member-joined':
        return { type: 'joined', address: event.member.address };
      case 'member-rejoined': {
        const { status, nodeId: life } = event.before;
        const { address } = event.member;
        return { type: 'rejoined', address, why: event.why, before: { status, life } };
      }
      case 'member-suspected': {
        const { accuser, accusers, path, again } = event;
        const { health, load, members } = this.#cluster;
        const here = { suspects: load.suspicions, members: members.size, health };
        return { type: 'suspected', accuser, accusers, path, again, ...here };
      }
      case 'member-refuted':
        return { type: 'refuted', afterMs: event.afterMs };
      case 'member-failed': {
        const { accusers, own, afterMs } = event;
        return { type: 'failed', accusers, own, afterMs };
      }
      case 'member-left':
        return { type: 'left' };
      case 'member-evicted':
        return { type: 'evicted' };
      case 'member-updated':
        return { type: 'updated', changed: event.changed, address: event.member.address };
      case 'accused': {
        const { status, accusers, health } = event;
        return { type: 'accused', status, accusers, health };
      }
      case 'slept':
        return { type: 'slept', forMs: event.forMs };
      case 'closed':
      case 'isolated':
      case 'name-conflict':
      case 'rejected':
      case 'streams-blocked':
      case 'saving-blocked':
      case 'state-changed':
      case 'map-changed':
      case 'stamp-refused':
      case 'value-refused':
        return undefined; // About no member in particular.
    }
  }

  #add(name: string, entry: HistoryEntry): void {
    const known = this.#members.get(name) ?? { entries: [], since: entry.at };
    this.#members.delete(name);
    this.#members.set(name, known);
    if (!isSameStatus(entry)) known.since = entry.at;
    known.entries.push(entry);
    this.#entries++;
    if (known.entries.length > ENTRIES_EACH) this.#forget(name, known);
    while (this.#entries > ENTRIES_MAX) {
      const [oldest] = this.#members;
      if (oldest === undefined) return;
      this.#forget(...oldest);
    }
  }

  /** Its oldest entry; and the name, if that was all. */
  #forget(name: string, known: Remembered): void {
    known.entries.shift();
    this.#entries--;
    if (known.entries.length === 0) this.#members.delete(name);
  }
}

/** Whether a member's status is what it was before. */
function isSameStatus(entry: HistoryEntry): boolean {
  return (
    entry.type === 'updated' ||
    entry.type === 'accused' ||
    entry.type === 'slept' ||
    (entry.type === 'suspected' && entry.again)
  );
}

interface Remembered {
  readonly entries: HistoryEntry[];
  since: number;
}

const TYPES = [
  'joined',
  ...MEMBER_EVENTS,
  'accused',
  'slept',
] as const satisfies readonly ClusterEventType[];

/** A screenful or two: some fifteen suspicions with what became of them. */
const ENTRIES_EACH = 64;
/** At some 500 B each, 8 MB. */
const ENTRIES_MAX = 16_384;
