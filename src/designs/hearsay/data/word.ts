/**
 * What is done about versions of somebody's state that its owner has not written.
 *
 * The owner answers a forged version by writing what holds anew, above it: so all agree with it. A
 * forger could so take all versions that there are. Therefore the owner climbs by at most a step a
 * second (`VERSION_STEP_MAX`). Of what is higher it gives its word, "my latest version is this", to
 * who told it and to every member: from an owner's own address that counts more than any version.
 * Others do not believe a version more than a step above what they know; they ask its owner.
 *
 * Without such versions none of this sends a message or holds anything.
 */
import { VERSION_MAX, VERSION_STEP_MAX } from '../../../blocks/data/index.ts';
import { mark, type Holding, type NodeId, type Peer } from '../../../core/index.ts';
import type { DataWord } from '../data-messages.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import { Timer } from '../timers.ts';
import type { View } from '../view.ts';
import type { Lives } from './lives.ts';

/** What a word changes at an owner. */
export interface Own {
  /** Of its last write. */
  readonly version: number;
  /** Writes what holds of a key anew, above a version. False: there is no room for it. */
  outrank(env: HearsayEnv, key: string, version: number): boolean;
}

export class Word {
  readonly #view: View;
  readonly #lives: Lives;
  readonly #own: Own;
  /** Forged versions of own keys that wait to be answered. */
  readonly #denied = new Map<string, number>();
  /** Names of members that are still to be given this node's word. */
  #audience: string[] = [];
  #gaveAllMs = -Infinity;
  /** More forgeries came since. */
  #isCalled = false;
  /** Lives that were asked lately, and when. */
  readonly #asked = new Map<NodeId, number>();
  #isTicking = false;
  /** The second that these belong to. */
  #secondMs = -Infinity;
  #answersLeft = 0;
  #wordsLeft = 0;
  #climbLeft = 0;
  #dropped = 0;
  #strangers = 0;

  constructor(view: View, lives: Lives, own: Own) {
    this.#view = view;
    this.#lives = lives;
    this.#own = own;
  }

  /** Somebody tells a version of a key of this node's own state that it has not written. */
  deny(env: HearsayEnv, key: string, version: number, from: Peer): void {
    if (version > this.#mostAnswered) {
      this.#give(env, from);
      this.#isCalled = true;
    } else if (this.#denied.has(key) || this.#denied.size < DENIED_MAX) {
      this.#denied.set(key, Math.max(version, this.#denied.get(key) ?? 0));
      this.#answer(env);
    } else {
      this.#dropped++; // Comparing brings it again.
    }
    this.#wake(env);
  }

  /** Somebody tells a version of another's state that is too high to be believed. */
  doubt(env: HearsayEnv, owner: NodeId): void {
    const { roster } = this.#view;
    const fact = roster.fact(roster.slot(this.#lives.nameOf(owner) ?? ''));
    if (fact === undefined || !this.#lives.isLive(owner)) return;
    for (const [life, askedMs] of this.#asked) {
      if (env.now - askedMs >= SECOND_MS) this.#asked.delete(life);
    }
    if (this.#asked.has(owner) || this.#asked.size >= ASKED_MAX) return;
    this.#asked.set(owner, env.now);
    this.#send(env, fact.peer, true);
  }

  /** Somebody gives his word. Returns whose life that is, if it is a member's. */
  heard(env: HearsayEnv, from: Peer, { asks }: DataWord): NodeId | undefined {
    const { roster, selfSlot } = this.#view;
    const slot = roster.slotOfPeer(from);
    const owner = roster.fact(slot)?.nodeId;
    if (owner === undefined || slot === selfSlot || this.#lives.nameOf(owner) === undefined) {
      this.#strangers++;
      return undefined;
    }
    if (asks) this.#give(env, from);
    return owner;
  }

  tick(env: HearsayEnv): void {
    this.#isTicking = false;
    this.#answer(env);
    this.#giveAll(env);
    this.#wake(env);
  }

  clear(): void {
    this.#denied.clear();
    this.#audience = [];
    this.#asked.clear();
    this.#isCalled = false;
  }

  holdings(): Holding[] {
    return [
      { what: 'forged versions to answer', count: this.#denied.size, countMax: DENIED_MAX },
      { what: 'owners asked for a version', count: this.#asked.size, countMax: ASKED_MAX },
    ];
  }

  turnedAway(): Readonly<Record<string, number>> {
    return { 'data-denials': this.#dropped, 'data-words': this.#strangers };
  }

  /** Beyond it an owner gives its word instead of climbing. */
  get #mostAnswered(): number {
    return Math.min(this.#own.version + VERSION_STEP_MAX, VERSION_MAX - 1);
  }

  /** Outranks what was forged, as far as this second allows. */
  #answer(env: HearsayEnv): void {
    this.#refill(env);
    for (const [key, version] of this.#denied) {
      const climb = Math.max(0, version - this.#own.version);
      if (this.#answersLeft === 0 || climb > this.#climbLeft) {
        mark('denial-put-off');
        return;
      }
      this.#answersLeft--;
      this.#climbLeft -= climb;
      this.#denied.delete(key);
      if (!this.#own.outrank(env, key, version)) this.#dropped++;
    }
  }

  /** Begins to tell all members, or goes on with it. */
  #giveAll(env: HearsayEnv): void {
    const { roster, selfSlot } = this.#view;
    if (this.#isCalled && this.#audience.length === 0 && this.#mayGiveAll(env)) {
      mark('word-given-to-all');
      this.#isCalled = false;
      this.#gaveAllMs = env.now;
      for (const slot of roster.slots()) {
        const { name = '' } = roster.fact(slot) ?? {};
        if (slot !== selfSlot && roster.isLive(slot)) this.#audience.push(name);
      }
    }
    for (const name of this.#audience.splice(0, TOLD_AT_ONCE)) {
      const slot = roster.slot(name);
      if (roster.isLive(slot)) this.#send(env, roster.fact(slot)!.peer, false);
    }
  }

  #mayGiveAll(env: HearsayEnv): boolean {
    return env.now - this.#gaveAllMs >= ALL_EVERY_MS;
  }

  #give(env: HearsayEnv, to: Peer): void {
    this.#refill(env);
    if (this.#wordsLeft === 0) return;
    this.#wordsLeft--;
    this.#send(env, to, false);
  }

  #send(env: HearsayEnv, to: Peer, asks: boolean): void {
    env.send(to, { type: 'data-word', version: this.#own.version, asks });
  }

  #refill(env: HearsayEnv): void {
    if (env.now - this.#secondMs < SECOND_MS) return;
    this.#secondMs = env.now;
    this.#answersLeft = ANSWERS_MAX;
    this.#wordsLeft = WORDS_MAX;
    this.#climbLeft = VERSION_STEP_MAX;
  }

  #wake(env: HearsayEnv): void {
    const hasWork = this.#denied.size > 0 || this.#audience.length > 0 || this.#isCalled;
    if (!hasWork || this.#isTicking) return;
    this.#isTicking = true;
    env.after(TICK_MS, Timer.DataWord);
  }
}

const SECOND_MS = 1000;
/** Forgeries outranked in a second: each costs a record, and is told to all. */
const ANSWERS_MAX = 64;
/** Words given in a second to who asks, or has told of a forgery. */
const WORDS_MAX = 64;
/** Keys whose forgeries wait; a quarter of what a state has by default. */
const DENIED_MAX = 1024;
/** Owners asked in one second. */
const ASKED_MAX = 64;
/** How often all members are told, at most. */
const ALL_EVERY_MS = 10_000;
/** Members told at once: 160 a second, so some 10 kB/s. */
const TOLD_AT_ONCE = 32;
const TICK_MS = 200;
