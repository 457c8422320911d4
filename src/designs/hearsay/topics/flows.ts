/**
 * What goes over links: events packed together, acknowledged, sent again where they are lost; and
 * word of events where the other side wants no more.
 *
 * As in Nagle's algorithm (RFC 896) a packet that is not full leaves at once while nothing is under
 * way, and else waits a few milliseconds for company.
 */
import { ACK_DELAY_MS, HELD_MS_MAX, type FlowAck } from '../../../blocks/overlay/index.ts';
import { mark, ROUNDING_MS } from '../../../core/index.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import { FLOW_BYTES, NOTE_BYTES, runBytes } from '../topic-codec.ts';
import type { TopicCounts } from './counts.ts';
import type { Link, Queued } from './link.ts';
import type { Note, Run, TopicFlow } from '../topic-messages.ts';
import type { OriginState } from './origins.ts';
import { pressureFor } from './pressure.ts';
import { named, type Path, type Publication } from '../publication.ts';

/** An event as it is sent on: a traced one with the hop that this node is. */
export type Stamp = (
  env: HearsayEnv,
  state: OriginState,
  event: Publication,
  path: Path,
) => Publication;

export class Flows {
  readonly #packetBytesMax: number;
  readonly #counts: TopicCounts;
  readonly #stamp: Stamp;
  readonly #links: () => Iterable<Link>;

  constructor(
    packetBytesMax: number,
    counts: TopicCounts,
    stamp: Stamp,
    links: () => Iterable<Link>,
  ) {
    this.#packetBytesMax = packetBytesMax;
    this.#counts = counts;
    this.#stamp = stamp;
    this.#links = links;
  }

  /** An event is to go over a link; `flush` follows. */
  push(link: Link, origin: OriginState, event: Publication, path: Path): void {
    if (link.queued >= QUEUE_MAX) {
      // It lags so far behind that it had better fetch what it lacks, by stream.
      mark('link-lags');
      this.#counts.lagged++;
      link.hasLagged = true;
      for (const queued of link.clear()) link.haves.add(queued.origin);
    }
    link.push({ origin, seq: event.seq, path, bytes: Math.min(event.bytes, this.#packetBytesMax) });
  }

  /** Word of an origin's events is to go over a link, soon. */
  announce(env: HearsayEnv, link: Link, origin: OriginState, inMs: number): void {
    link.haves.add(origin);
    link.announceMs = Math.min(link.announceMs ?? Infinity, env.now + inMs);
  }

  /** What was lost goes again, before everything else. */
  again(
    link: Link,
    lost: readonly { events: readonly Queued[]; hushes: readonly OriginState[] }[],
  ) {
    const events: Queued[] = [];
    for (const content of lost) {
      for (const queued of content.events) events.push({ ...queued, path: 'retransmit' });
      for (const origin of content.hushes) link.hushes.add(origin);
    }
    link.pushFirst(events);
  }

  /** Sends what may go now, and sets the alarm for the rest. */
  flush(env: HearsayEnv, link: Link): void {
    while (link.flow.isOpen && this.#mayGo(env, link)) this.#send(env, link);
    if (link.announceMs !== undefined && env.now >= link.announceMs - ROUNDING_MS) {
      this.#announce(env, link);
    }
    const isDue = link.ackMs !== undefined && env.now >= link.ackMs - ROUNDING_MS;
    if (isDue || link.unacked >= ACK_EVERY) this.#sendUnnumbered(env, link, []);
    const dueMs = dueOf(link);
    if (dueMs >= (link.alarmMs ?? Infinity)) return;
    link.alarmMs = dueMs;
    env.after(Math.max(0, dueMs - env.now), Timer.TopicFlow, link.index);
  }

  /** An alarm rings, if not one that an earlier one has replaced. */
  rung(env: HearsayEnv, link: Link): void {
    if (env.now >= (link.alarmMs ?? Infinity) - ROUNDING_MS) link.alarmMs = undefined;
  }

  /** A packet that asks for an acknowledgement, with nothing in it. */
  knock(env: HearsayEnv, link: Link): void {
    const number = link.flow.sent(env.now, { events: [], hushes: [] });
    this.#emit(env, link, number, [], []);
  }

  #mayGo(env: HearsayEnv, link: Link): boolean {
    if (link.queued === 0 && link.hushes.size === 0) {
      link.gatherMs = undefined;
      return false;
    }
    if (link.queued > 0 && link.flow.flying === 0) return true;
    if (link.queuedBytes + link.hushes.size * NOTE_BYTES >= this.#packetBytesMax) return true;
    link.gatherMs ??= env.now + GATHER_MS;
    return env.now >= link.gatherMs - ROUNDING_MS;
  }

  /** One packet of what waits. */
  #send(env: HearsayEnv, link: Link): void {
    let room = this.#packetBytesMax - FLOW_BYTES;
    const notes: Note[] = [];
    const hushes: OriginState[] = [];
    for (const origin of link.hushes) {
      if (room < NOTE_BYTES) break;
      room -= NOTE_BYTES;
      hushes.push(origin);
      link.hushes.delete(origin);
      const type = origin.tree.isWanted(link.index) ? 'graft' : 'prune';
      this.#counts[type === 'graft' ? 'grafts' : 'prunes']++;
      notes.push({ type, nodeId: origin.nodeId });
    }
    const events: Queued[] = [];
    const runs = this.#pack(env, link, room, events);
    link.gatherMs = undefined;
    if (notes.length === 0 && runs.length === 0) return; // All of it was given up.
    const number = link.flow.sent(env.now, { events, hushes });
    this.#emit(env, link, number, notes, runs);
  }

  /** Takes from the queue what fits. */
  #pack(env: HearsayEnv, link: Link, roomAtFirst: number, taken: Queued[]): Run[] {
    const runs: { readonly origin: OriginState; readonly events: Publication[] }[] = [];
    let room = roomAtFirst;
    for (let head = link.head; head !== undefined; head = link.head) {
      const { origin } = head;
      const event = this.#toSend(env, link, head, roomAtFirst);
      if (event === undefined) {
        link.shift();
        continue;
      }
      const run = runs.at(-1);
      const before = run?.events.at(-1);
      const isSame = run?.origin === origin && before !== undefined && before.last < event.seq;
      const bytes = event.bytes + (isSame ? 0 : runBytes({ origin }));
      if (bytes > room) break;
      room -= bytes;
      if (isSame) run.events.push(event);
      else runs.push({ origin, events: [event] });
      taken.push(head);
      link.shift();
      if (event.form === 'whole') this.#counts.payloads[head.path]++;
    }
    return runs.map(({ origin: { nodeId, name }, events }) => ({
      origin: { nodeId, name },
      events,
    }));
  }

  /** An event as it goes over a link; undefined: it need not. */
  #toSend(env: HearsayEnv, link: Link, head: Queued, room: number): Publication | undefined {
    const { origin, seq, path } = head;
    if (!origin.tree.isEager(link.index)) {
      link.haves.add(origin); // Pruned meanwhile.
      link.announceMs ??= env.now + ANNOUNCE_MS;
      return undefined;
    }
    const kept = origin.log.get(seq);
    if (kept === undefined) return undefined; // The log has let it go: it will be missed.
    const event = this.#stamp(env, origin, kept, path);
    if (event.form === 'whole' && event.bytes + runBytes({ origin }) > room) return named(seq);
    return event;
  }

  /** Says what this node has of origins whose events do not go over this link. */
  #announce(env: HearsayEnv, link: Link): void {
    link.announceMs = undefined;
    let notes: Note[] = [];
    let room = this.#packetBytesMax - FLOW_BYTES;
    for (const origin of link.haves) {
      const { span } = origin;
      const known = origin.sources?.get(link.peer)?.last ?? 0;
      if (span.last < 1 || known >= span.last) continue; // It has said so itself.
      if (room < NOTE_BYTES) {
        this.#sendUnnumbered(env, link, notes);
        notes = [];
        room = this.#packetBytesMax - FLOW_BYTES;
      }
      room -= NOTE_BYTES;
      notes.push({ type: 'have', ...span });
      this.#counts.haves++;
    }
    link.haves.clear();
    if (notes.length > 0) this.#sendUnnumbered(env, link, notes);
  }

  #sendUnnumbered(env: HearsayEnv, link: Link, notes: readonly Note[]): void {
    if (notes.length === 0) this.#counts.acks++;
    else this.#counts.announcements++;
    this.#emit(env, link, 0, notes, []);
  }

  #emit(
    env: HearsayEnv,
    link: Link,
    number: number,
    notes: readonly Note[],
    runs: readonly Run[],
  ): void {
    const { arrivals } = link;
    const heldMs = Math.min(HELD_MS_MAX, Math.max(0, Math.round(env.now - link.arrivedMs)));
    const ack: FlowAck | undefined =
      arrivals.last === 0 ? undefined : { last: arrivals.last, missing: arrivals.missing, heldMs };
    link.unacked = 0;
    link.ackMs = undefined;
    const pressure = pressureFor(this.#links(), link, env.now);
    const message: TopicFlow = { type: 'topic-flow', number, ack, pressure, notes, runs };
    env.send(link.peer, message);
  }
}

function dueOf({ ackMs, announceMs, flow, gatherMs }: Link): number {
  const sendMs = flow.isOpen ? gatherMs : undefined;
  return Math.min(
    sendMs ?? Infinity,
    ackMs ?? Infinity,
    announceMs ?? Infinity,
    flow.dueMs ?? Infinity,
  );
}

/** A packet has arrived that is to be acknowledged. */
export function noteArrival(link: Link, now: number): void {
  link.unacked++;
  link.arrivedMs = now;
  link.ackMs ??= now + ACK_DELAY_MS;
  if ((link.arrivals.missing & LATELY) !== 0) link.ackMs = now; // The other side should know soon.
}

/** At 3,000 events a second it takes 2 ms to fill a packet. */
const GATHER_MS = 4;
/** Bits of the packets just before the last: those that may be counted as lost. */
const LATELY = 0b111;
/** RFC 9000, 13.2.2. */
const ACK_EVERY = 2;
/** Word of events waits for more of them: what is lost is mostly sent again before. */
export const ANNOUNCE_MS = 100;
/** Half of the replay bound: the other half is there to fetch from. */
const QUEUE_MAX = 3072;
