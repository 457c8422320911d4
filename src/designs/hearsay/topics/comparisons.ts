/**
 * What nodes have of all origins, compared with a random member now and then: so that nothing stays
 * lost that anyone has, whatever became of links and of the overlay. Seldom in calm, since equal
 * checksums then say all.
 */
import { ENVELOPE_BYTES, mark, STREAM_BYTES_MAX, type Peer } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import { LIST_BYTES, SPAN_BYTES } from '../topic-codec.ts';
import type { Doubts } from './doubts.ts';
import type { Fetches } from './fetches.ts';
import type { Span, TopicDigest } from '../topic-messages.ts';
import type { Origins } from './origins.ts';

export class Comparisons {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #origins: Origins;
  readonly #fetches: Fetches;
  readonly #doubts: Doubts;
  #begun = false;
  /** Where the next packet's worth of origins begins, where they are too many for one. */
  #from = 0;

  constructor(view: View, contact: Contact, origins: Origins, fetches: Fetches, doubts: Doubts) {
    this.#view = view;
    this.#contact = contact;
    this.#origins = origins;
    this.#fetches = fetches;
    this.#doubts = doubts;
  }

  begin(env: HearsayEnv): void {
    if (this.#begun) return;
    this.#begun = true;
    env.after(ACTIVE_MS * env.random.float(), Timer.TopicCompare);
  }

  /** Compares with a random member. */
  tick(env: HearsayEnv): void {
    const { roster, selfSlot } = this.#view;
    const peer = roster.fact(roster.pick(env.random, selfSlot))?.peer;
    if (peer !== undefined && this.#origins.size > 0) this.ask(env, peer);
    for (const state of this.#origins.all()) if (state.isUnsure) this.#doubts.ask(env, state);
    env.after(this.#isActive(env) ? ACTIVE_MS : CALM_MS, Timer.TopicCompare);
  }

  /** Tells a newcomer what there is, or asks on its behalf. */
  greet(env: HearsayEnv, to: Peer): void {
    const spans = [...this.#origins.all()].map(({ span }) => span).filter(isSomething);
    const { checksum } = this.#origins;
    for (let i = 0; i === 0 || i < spans.length; i += PAGE_SPANS_MAX) {
      const page = spans.slice(i, i + PAGE_SPANS_MAX);
      const message: TopicDigest = {
        type: 'topic-digest',
        purpose: 'greeting',
        checksum,
        spans: page,
      };
      env.sendReliably(to, message, this.#contact.nextSeq(), 'bulk');
    }
  }

  /** What another has. `isNew`: this node has just joined, and all of it is the past. */
  heard(env: HearsayEnv, from: Peer, message: TopicDigest, isNew: boolean): void {
    if (message.purpose === 'question' && message.checksum === this.#origins.checksum) return;
    const { roster, self } = this.#view;
    const fromId = roster.fact(roster.slotOfPeer(from))?.nodeId;
    let begun = 0;
    for (const span of message.spans) {
      const { nodeId, first, last } = span;
      if (last < first) continue;
      const known = this.#origins.get(nodeId);
      // A server that was asked twice greets twice, the second time perhaps of the present.
      const isFirst = known === undefined || (!known.hasPast && known.log.next === 1);
      const isPast = isNew && nodeId !== self.fact.nodeId && isFirst;
      if (isPast) this.#begin(env, span, ++begun <= BEGUN_ASKED_MAX);
      const isLacking = this.#fetches.told(env, from, span, isPast ? 0 : PATIENCE_MS);
      if (isLacking) mark('event-compared');
      // An origin knows best; but what it has just published may have come here before this.
      else if (known !== undefined && nodeId === fromId && last < known.last) {
        this.#doubts.ask(env, known);
      }
    }
    if (message.purpose === 'question') this.#answer(env, from, message.spans);
  }

  /** What was before this node joined; if that is false, the present would be taken for it. */
  #begin(env: HearsayEnv, { nodeId, first, last }: Span, isAsked: boolean): void {
    const state = this.#origins.obtain(nodeId);
    if (state === undefined) return;
    state.beginAt(first, last);
    if (isAsked) this.#doubts.ask(env, state);
  }

  /** Asks another what it has. */
  ask(env: HearsayEnv, to: Peer): void {
    const { checksum } = this.#origins;
    env.send(to, { type: 'topic-digest', purpose: 'question', checksum, spans: this.#some() });
  }

  /** What the asker lacks, or may not know of. */
  #answer(env: HearsayEnv, to: Peer, theirs: readonly Span[]): void {
    const told = new Map(theirs.map(({ nodeId, last }) => [nodeId, last]));
    const spans: Span[] = [];
    for (const span of this.#some()) {
      if ((told.get(span.nodeId) ?? 0) < span.last) spans.push(span);
    }
    for (const [nodeId, last] of told) {
      const span = this.#origins.get(nodeId)?.span;
      if (span === undefined || span.last <= last || spans.length >= this.#packetSpansMax) continue;
      if (!spans.some((one) => one.nodeId === nodeId)) spans.push(span);
    }
    if (spans.length === 0) return;
    const { checksum } = this.#origins;
    const few = spans.slice(0, this.#packetSpansMax);
    env.send(to, { type: 'topic-digest', purpose: 'answer', checksum, spans: few });
  }

  /** As many origins as fit a packet, in turn. */
  #some(): Span[] {
    const all = [...this.#origins.all()];
    const count = Math.min(all.length, this.#packetSpansMax);
    const spans: Span[] = [];
    for (let i = 0; i < count; i++) {
      const state = all[(this.#from + i) % all.length];
      if (state !== undefined && isSomething(state.span)) spans.push(state.span);
    }
    this.#from = all.length === 0 ? 0 : (this.#from + count) % all.length;
    return spans;
  }

  get #packetSpansMax(): number {
    return Math.floor((this.#view.config.packetBytesMax - LIST_BYTES) / SPAN_BYTES);
  }

  #isActive(env: HearsayEnv): boolean {
    for (const { heardMs } of this.#origins.all()) if (env.now - heardMs < RECENT_MS) return true;
    return false;
  }
}

function isSomething({ first, last }: Span): boolean {
  return last >= first;
}

/** While events come, and else. */
const ACTIVE_MS = 5000;
const CALM_MS = 30_000;
const RECENT_MS = 60_000;
/** Of the origins that a newcomer is told of; of the rest it finds out when something is wrong. */
const BEGUN_ASKED_MAX = 16;
/** What is under way by the tree needs no fetching. */
const PATIENCE_MS = 500;
const PAGE_SPANS_MAX = Math.floor((STREAM_BYTES_MAX - ENVELOPE_BYTES - LIST_BYTES) / SPAN_BYTES);
