/**
 * How one large value comes here, driven by who wants it: what to ask whom for.
 *
 * Every member that has chunks of it, or may have, is a partner: whoever told of the value, its
 * author, whoever fetches it too, and some at random. As in BitTorrent (Cohen 2003) everyone who
 * fetches also serves what it has, and chooses at random what to ask for, so that those who begin
 * together soon have different chunks to give each other. Unlike there nobody pays for what comes.
 *
 * A partner is asked for one chunk until it has shown that it delivers, then for more. Each chunk
 * is checked as it comes; who sends a false one is not asked for a while. What comes much slower
 * than the rest is asked of another, too; who sends nothing is left alone for a while, twice as
 * long each time.
 */
import type { Crypto, Peer, Random } from '../../core/index.ts';
import { ChunkSet } from './chunk-set.ts';
import { chunkCount, chunkLength, HASH_BYTES, hashOf, isListed } from './content.ts';
import type { Content, ContentReference } from './content.ts';

/** In place of a chunk's index: the list of their hashes. */
export const LIST = -1;

/** What became of something that was sent: `false` was not what it claimed to be. */
export type Arrival = 'taken' | 'false' | 'unasked';

export class ContentFetch {
  readonly reference: ContentReference;
  readonly #crypto: Crypto;
  /** Undefined until it has come; where there is one chunk it is made from that. */
  #list: Uint8Array | undefined;
  readonly #chunks: (Uint8Array | undefined)[] = [];
  readonly #have: ChunkSet;
  readonly #partners = new Map<Peer, Partner>();
  /** Who sent something false, and until when it is not asked. */
  readonly #banned = new Map<Peer, number>();
  /** What has been asked for, of whom; without what is slow to come. */
  readonly #asked = new Map<number, Peer>();
  /** How long chunks take, the later ones counting most; 0: none has come. */
  #tookMs = 0;
  /** When it began, or something last came. */
  #progressMs: number;

  constructor(reference: ContentReference, crypto: Crypto, now: number) {
    this.reference = reference;
    this.#crypto = crypto;
    this.#progressMs = now;
    this.#have = new ChunkSet(chunkCount(reference.length));
  }

  /** The chunks that are here. */
  get have(): ChunkSet {
    return this.#have;
  }

  get list(): Uint8Array | undefined {
    return this.#list;
  }

  /** Chunks asked for that are expected soon. */
  get outstanding(): number {
    return this.#asked.size;
  }

  get isDone(): boolean {
    return this.#have.isFull;
  }

  /** Nothing has come for so long that it is hardly worth waiting for. */
  isStalled(now: number): boolean {
    return now - this.#progressMs >= STALLED_MS;
  }

  get partners(): Iterable<Peer> {
    return this.#partners.keys();
  }

  /** Once it is done. */
  get content(): Content {
    const { reference } = this;
    return { reference, list: this.#list!, chunks: this.#chunks as Uint8Array[] };
  }

  /** A chunk, or the list; undefined: it is not here. */
  part(index: number): Uint8Array | undefined {
    return index === LIST ? this.#list : this.#chunks[index];
  }

  /** What is being asked of a partner. */
  askedOf(peer: Peer): readonly number[] {
    const asked = this.#partners.get(peer)?.asked;
    return asked === undefined ? [] : [...asked.keys()];
  }

  /** May have chunks. False: no more are taken, or it has lately sent something false. */
  suggest(peer: Peer, now: number): boolean {
    if (this.#partners.has(peer)) return true;
    if (now < (this.#banned.get(peer) ?? -Infinity) || !this.#makeRoom()) return false;
    this.#partners.set(peer, {
      have: undefined,
      asked: new Map(),
      hasDelivered: false,
      quietMs: 0,
      notBeforeMs: -Infinity,
      heardMs: -Infinity,
      deliveredMs: -Infinity,
      toldMs: -Infinity,
      toldSize: 0,
    });
    return true;
  }

  /** A partner has these chunks: it said so, whatever it was asked. */
  heard(peer: Peer, have: ChunkSet, now: number): void {
    if (!this.suggest(peer, now)) return;
    const partner = this.#partners.get(peer)!;
    if (have.size > (partner.have?.size ?? 0)) partner.notBeforeMs = now; // There is more to ask.
    partner.have = have;
    partner.heardMs = now;
  }

  /** A partner sends nothing of what it was asked for but what it has; busy: nothing at all. */
  lacked(peer: Peer, have: ChunkSet, isBusy: boolean, now: number): void {
    const partner = this.#partners.get(peer);
    if (partner === undefined) return; // Nobody has asked it.
    this.heard(peer, have, now);
    if (partner.asked.size === 0) return;
    for (const index of partner.asked.keys()) {
      if (isBusy || !partnerHas(partner, index, now)) this.#release(peer, partner, index);
    }
    if (partner.asked.size === 0) this.#quieten(partner, now);
  }

  /** It cannot be reached, or is gone. */
  forget(peer: Peer): void {
    const partner = this.#partners.get(peer);
    if (partner === undefined) return;
    for (const index of partner.asked.keys()) this.#release(peer, partner, index);
    this.#partners.delete(peer);
  }

  /** A chunk, or the list, has come. */
  take(peer: Peer, index: number, bytes: Uint8Array, now: number): Arrival {
    const partner = this.#partners.get(peer);
    const sinceMs = partner?.asked.get(index);
    if (partner === undefined || sinceMs === undefined) return 'unasked';
    if (!this.#isTrue(index, bytes)) {
      this.forget(peer);
      if (this.#banned.size < BANNED_MAX) this.#banned.set(peer, now + BANNED_MS);
      return 'false';
    }
    if (index === LIST) this.#list = bytes;
    else {
      this.#chunks[index] = bytes;
      this.#have.add(index);
    }
    for (const [other, asked] of this.#partners) this.#release(other, asked, index);
    const tookMs = now - sinceMs;
    this.#tookMs = this.#tookMs === 0 ? tookMs : this.#tookMs * 0.8 + tookMs * 0.2;
    partner.hasDelivered = true;
    partner.quietMs = 0;
    partner.deliveredMs = now;
    this.#progressMs = now;
    return 'taken';
  }

  /**
   * Decides what to ask for, up to so many outstanding in all; returns whom to tell what is asked
   * of it now.
   */
  ask(now: number, random: Random, outstandingMax: number): Peer[] {
    const changed = new Set<Peer>();
    while (this.#asked.size < outstandingMax) {
      const choice = this.#choose(now, random);
      if (choice === undefined) break;
      const { peer, partner, index } = choice;
      partner.asked.set(index, now);
      this.#asked.set(index, peer);
      changed.add(peer);
    }
    return [...changed];
  }

  /**
   * Now and then: gives up what does not come, and returns whom to tell how things stand, since it
   * has not answered, or since it does not know yet what it could ask for here.
   */
  review(now: number): Peer[] {
    const due: Peer[] = [];
    const slowMs = Math.max(SLOW_MS, this.#tookMs * SLOW_TIMES);
    for (const [peer, partner] of this.#partners) {
      const { asked } = partner;
      for (const [index, sinceMs] of asked) {
        if (now - sinceMs >= slowMs && this.#asked.get(index) === peer) this.#asked.delete(index);
      }
      if (asked.size > 0 && now - Math.max(partner.deliveredMs, ...asked.values()) >= SILENCE_MS) {
        for (const index of asked.keys()) this.#release(peer, partner, index);
        this.#quieten(partner, now);
        due.push(peer); // So that it need not send them any more.
      } else if (
        asked.size > 0 ? now - partner.toldMs >= REPEAT_MS : isBehind(partner, this.#have)
      ) {
        due.push(peer);
      }
    }
    return due;
  }

  /** A partner has been told what is here and what is asked of it. */
  told(peer: Peer, now: number): void {
    const partner = this.#partners.get(peer);
    if (partner === undefined) return;
    partner.toldMs = now;
    partner.toldSize = this.#have.size;
  }

  /** A partner and a chunk to ask it for: of those that may be asked, one with the least to do. */
  #choose(
    now: number,
    random: Random,
  ): { peer: Peer; partner: Partner; index: number } | undefined {
    let best: { peer: Peer; partner: Partner; index: number } | undefined;
    for (const [peer, partner] of this.#partners) {
      const askedMax = partner.hasDelivered ? ASKED_MAX : 1;
      if (partner.notBeforeMs > now || partner.asked.size >= askedMax) continue;
      if (best !== undefined && partner.asked.size >= best.partner.asked.size) continue;
      const index = this.#wantedOf(partner, now, random);
      if (index !== undefined) best = { peer, partner, index };
    }
    return best;
  }

  /** Something that is wanted, not asked of anyone, and a partner has or may have. */
  #wantedOf(partner: Partner, now: number, random: Random): number | undefined {
    const { count } = this.#have;
    if (this.#list === undefined && count > 1) {
      return this.#isFree(partner, LIST, now) ? LIST : undefined;
    }
    const first = random.below(count);
    for (let i = 0; i < count; i++) {
      const index = (first + i) % count;
      if (!this.#have.has(index) && this.#isFree(partner, index, now)) return index;
    }
    return undefined;
  }

  /** Whether a partner may be asked for something: nobody is who will send it soon. */
  #isFree(partner: Partner, index: number, now: number): boolean {
    return !this.#asked.has(index) && !partner.asked.has(index) && partnerHas(partner, index, now);
  }

  #isTrue(index: number, bytes: Uint8Array): boolean {
    const { length, hash } = this.reference;
    const { count } = this.#have;
    if (index === LIST) {
      return bytes.length === count * HASH_BYTES && hashOf(length, bytes, this.#crypto) === hash;
    }
    if (bytes.length !== chunkLength(length, index)) return false;
    if (this.#list !== undefined) return isListed(bytes, this.#list, index, this.#crypto);
    const list = this.#crypto.sha256(bytes); // There is one chunk.
    if (hashOf(length, list, this.#crypto) !== hash) return false;
    this.#list = list;
    return true;
  }

  #release(peer: Peer, partner: Partner, index: number): void {
    if (partner.asked.delete(index) && this.#asked.get(index) === peer) this.#asked.delete(index);
  }

  #quieten(partner: Partner, now: number): void {
    partner.quietMs = Math.min(QUIET_MS_MAX, Math.max(QUIET_MS, partner.quietMs * 2));
    partner.notBeforeMs = now + partner.quietMs;
  }

  /** Whoever has nothing and is not asked for anything gives way, longest unheard of first. */
  #makeRoom(): boolean {
    if (this.#partners.size < PARTNERS_MAX) return true;
    let idlest: Peer | undefined;
    let heardMs = Infinity;
    for (const [peer, partner] of this.#partners) {
      const isIdle = partner.asked.size === 0 && (partner.have?.size ?? 0) === 0;
      if (isIdle && partner.heardMs < heardMs) [idlest, heardMs] = [peer, partner.heardMs];
    }
    if (idlest === undefined) return false;
    this.#partners.delete(idlest);
    return true;
  }
}

interface Partner {
  /** Undefined: it has not said. */
  have: ChunkSet | undefined;
  /** What is being asked of it, and since when. */
  readonly asked: Map<number, number>;
  hasDelivered: boolean;
  /** How long it was last left alone, since it had nothing or did not answer. */
  quietMs: number;
  notBeforeMs: number;
  heardMs: number;
  deliveredMs: number;
  /** When it was last told how things stand here, and how many chunks there were. */
  toldMs: number;
  toldSize: number;
}

/**
 * Or may have. Whoever has any chunk has the list. What it lacked a while ago it may have by now:
 * it may have been given all, or its last word was lost.
 */
function partnerHas({ have, heardMs }: Partner, index: number, now: number): boolean {
  if (have === undefined || now - heardMs >= LACKED_MS) return true;
  return index === LIST ? have.size > 0 : have.has(index);
}

/** Whether a partner that does not have everything has not been told of chunks that are here. */
function isBehind({ have, toldSize }: Partner, here: ChunkSet): boolean {
  return have?.isFull !== true && here.size > toldSize;
}

/** Outstanding at one partner. */
const ASKED_MAX = 4;
/** Those who fetch one value and know each other; of a random graph 8 suffice to be connected. */
const PARTNERS_MAX = 16;
/**
 * Not for ever: where no key keeps lies out, others may have told one in its name; and it may be
 * the only one that has the value.
 */
const BANNED_MS = 30_000;
/** Beyond this who lies is asked again, now and then. */
const BANNED_MAX = 256;
/** What takes so much longer than chunks usually do is asked of another, too. */
const SLOW_TIMES = 4;
const SLOW_MS = 1_000;
/** Who sends nothing for so long is given up: as long as a dial may take. */
const SILENCE_MS = 5_000;
/** Time for two partners to be given up. */
const STALLED_MS = 10_000;
/** What was asked by packet is asked again if nothing has come. */
const REPEAT_MS = 1_000;
/** As long as two partners are waited for. */
const LACKED_MS = 10_000;
/** How long a partner is left alone that had nothing, at first. */
const QUIET_MS = 500;
const QUIET_MS_MAX = 30_000;
