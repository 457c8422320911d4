/**
 * The overlay: links to six to eight members, asked for, granted and ended by packets that may get
 * lost, so each step may come twice and each side finds out when the other knows nothing of a link.
 */
import {
  ActiveView,
  degreeMax,
  degreeWanted,
  shallBridge,
  type Answer,
} from '../../../blocks/overlay/index.ts';
import { mark, type Peer } from '../../../core/index.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import { Link } from './link.ts';
import type { LinkStep, TopicLink } from '../topic-messages.ts';

/** What happens to links, for whoever uses them. */
export interface LinkUser {
  opened(env: HearsayEnv, link: Link): void;
  closed(env: HearsayEnv, link: Link): void;
}

export class Links {
  readonly #view: View;
  readonly #user: LinkUser;
  readonly #rules = new ActiveView();
  /** By index. */
  readonly #links: (Link | undefined)[] = [];
  readonly #byPeer = new Map<Peer, Link>();
  /** Who was asked, and when. */
  readonly #asked = new Map<Peer, number>();
  /** Members that came back, of which some are asked for a link beside those there are. */
  #returned: Peer[] = [];
  #begun = false;
  /** Numbers of packets never start again, so that what is late is known to be. */
  #numbers = 1;
  #endsSinceMs = -Infinity;
  #ends = 0;
  #opened = 0;

  constructor(view: View, user: LinkUser) {
    this.#view = view;
    this.#user = user;
  }

  get degree(): number {
    return this.#byPeer.size;
  }

  /** Links opened in this life. */
  get opened(): number {
    return this.#opened;
  }

  get asked(): number {
    return this.#asked.size;
  }

  all(): IterableIterator<Link> {
    return this.#byPeer.values();
  }

  at(index: number): Link | undefined {
    return this.#links[index];
  }

  of(peer: Peer): Link | undefined {
    return this.#byPeer.get(peer);
  }

  /** From now on this node looks for links. */
  begin(env: HearsayEnv): void {
    if (this.#begun) return;
    this.#begun = true;
    this.tick(env);
  }

  /** Sees to the number of links, and to those that have been silent for long. */
  tick(env: HearsayEnv): void {
    for (const [peer, atMs] of this.#asked) {
      if (env.now - atMs >= ANSWER_MS_MAX) this.#asked.delete(peer);
    }
    this.#bridge(env);
    const { roster, selfSlot } = this.#view;
    const wanted = selfSlot < 0 ? 1 : degreeWanted(roster.live);
    const lacking = wanted - this.degree - this.#asked.size;
    if (selfSlot >= 0 && lacking > 0) {
      const candidates = roster.pickSome(lacking + this.degree, env.random, selfSlot);
      let left = lacking;
      for (const slot of candidates) {
        const peer = roster.fact(slot)?.peer;
        if (peer === undefined || this.#byPeer.has(peer) || this.#asked.has(peer)) continue;
        if (left-- <= 0) break;
        this.ask(env, peer, this.#rules.askingOf(this.degree));
      }
    }
    const delayMs = this.degree < wanted ? SEEK_MS : LOOK_MS;
    env.after(delayMs, Timer.TopicLinks);
  }

  /** Asks for a link, if there is none. */
  ask(env: HearsayEnv, peer: Peer, step: 'ask' | 'urge'): void {
    if (this.#byPeer.has(peer) || this.#asked.has(peer)) return;
    this.#asked.set(peer, env.now);
    this.#say(env, peer, step);
  }

  receive(env: HearsayEnv, from: Peer, { step, degree: _ }: TopicLink): void {
    switch (step) {
      case 'ask':
      case 'urge':
        return this.#answer(env, from, step);
      case 'grant':
        return this.#granted(env, from);
      case 'refuse':
        this.#asked.delete(from);
        return;
      case 'end': {
        this.#asked.delete(from);
        const link = this.#byPeer.get(from);
        if (link !== undefined) this.#close(env, link);
      }
    }
  }

  /** A packet of a link that this node knows nothing of: it was granted, or is to end. */
  heardFromStranger(env: HearsayEnv, from: Peer): Link | undefined {
    if (this.#asked.has(from)) {
      this.#granted(env, from);
      return this.#byPeer.get(from);
    }
    mark('link-unknown');
    this.#end(env, from);
    return undefined;
  }

  /** Nothing comes back any more. */
  broken(env: HearsayEnv, link: Link): void {
    mark('link-broken');
    this.#end(env, link.peer);
    this.#close(env, link);
  }

  /** The life behind this route has ended, or moved. */
  gone(env: HearsayEnv, peer: Peer): void {
    this.#asked.delete(peer);
    const link = this.#byPeer.get(peer);
    if (link !== undefined) this.#close(env, link);
  }

  /** A member that was thought dead lives: the overlay may have fallen apart meanwhile. */
  returned(peer: Peer): void {
    if (this.#begun && this.#returned.length < RETURNED_MAX) this.#returned.push(peer);
  }

  #bridge(env: HearsayEnv): void {
    const returned = this.#returned;
    if (returned.length === 0) return;
    this.#returned = [];
    const { roster } = this.#view;
    if (!shallBridge(returned.length, roster.live, env.random)) return;
    const peer = returned[env.random.below(returned.length)];
    if (peer === undefined || !this.#isLive(peer)) return;
    mark('link-bridge');
    this.ask(env, peer, 'urge');
  }

  #answer(env: HearsayEnv, from: Peer, step: 'ask' | 'urge'): void {
    const known = this.#byPeer.get(from);
    if (known !== undefined) this.#close(env, known); // It knows nothing of that one.
    const { live } = this.#view.roster;
    const full = this.degree >= LINKS_MAX;
    const answer: Answer =
      full || !this.#isLive(from) ? 'refuse' : this.#rules.answer(env.now, this.degree, live, step);
    if (answer === 'refuse') {
      this.#say(env, from, 'refuse');
      return;
    }
    if (answer === 'swap') this.#makeRoom(env);
    this.#asked.delete(from);
    this.#say(env, from, 'grant');
    this.#open(env, from, undefined);
  }

  #granted(env: HearsayEnv, from: Peer): void {
    const askedMs = this.#asked.get(from);
    this.#asked.delete(from);
    if (this.#byPeer.has(from)) return;
    if (askedMs === undefined || this.degree >= LINKS_MAX || !this.#isLive(from)) {
      this.#end(env, from);
      return;
    }
    if (this.degree >= degreeMax(this.#view.roster.live)) this.#makeRoom(env);
    this.#open(env, from, env.now - askedMs);
  }

  /** Ends one link that is not the newest. */
  #makeRoom(env: HearsayEnv): void {
    const links = [...this.#byPeer.values()];
    const link = links[env.random.below(Math.max(1, links.length - 1))];
    if (link === undefined) return;
    mark('link-swap');
    this.#end(env, link.peer);
    this.#close(env, link);
  }

  #open(env: HearsayEnv, peer: Peer, roundTripMs: number | undefined): void {
    let index = this.#links.indexOf(undefined);
    if (index < 0) index = this.#links.length;
    const link = new Link(peer, index, this.#numbers, env.now);
    if (roundTripMs !== undefined) link.flow.roundTrip.note(roundTripMs);
    this.#links[index] = link;
    this.#byPeer.set(peer, link);
    this.#opened++;
    this.begin(env);
    this.#user.opened(env, link);
  }

  #close(env: HearsayEnv, link: Link): void {
    this.#numbers = Math.max(this.#numbers, link.flow.next);
    this.#links[link.index] = undefined;
    this.#byPeer.delete(link.peer);
    this.#user.closed(env, link);
  }

  #isLive(peer: Peer): boolean {
    return this.#view.roster.isLivePeer(peer);
  }

  /** Tells that there is no link; at a limited rate, as strangers can bring it about. */
  #end(env: HearsayEnv, peer: Peer): void {
    if (env.now - this.#endsSinceMs >= 1000) {
      this.#endsSinceMs = env.now;
      this.#ends = 0;
    }
    if (this.#ends++ < ENDS_PER_SECOND_MAX) this.#say(env, peer, 'end');
  }

  #say(env: HearsayEnv, peer: Peer, step: LinkStep): void {
    env.send(peer, { type: 'topic-link', step, degree: this.degree });
  }
}

/** Hard: a full mesh has eight, and a moment of crossing asks and grants a few more. */
export const LINKS_MAX = 16;
/** An ask that is not answered within this is lost. */
const ANSWER_MS_MAX = 400;
/** While links are missing; and else. */
const SEEK_MS = 200;
const LOOK_MS = 1000;
/** A heal brings many at once; a sample of them will do. */
const RETURNED_MAX = 256;
const ENDS_PER_SECOND_MAX = 32;
