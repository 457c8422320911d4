/**
 * The textbook's gossip of heartbeats: van Renesse, Minsky and Hayden, "A Gossip-Style Failure
 * Detection Service" (Middleware 1998), in the form that courses teach. It is the baseline that
 * other designs are measured against.
 *
 * Every node counts its own heartbeats and gossips its whole table; a member whose count does not
 * rise for the failure timeout is suspect, for the cleanup timeout dead, and is then removed. All
 * times are of the local clock. Deviations are in the README.
 */
import { ANYONE, mark, NOBODY, type Book, type Env, type Membership } from '../../core/index.ts';
import type {
  LogRecord,
  MemberView,
  NodeId,
  Peer,
  Protocol,
  Random,
  Why,
} from '../../core/index.ts';
import { parcel } from './codec.ts';
import type { HeartbeatConfig } from './config.ts';
import { latestStart, startRecord } from './lives.ts';
import { outranks } from './merge.ts';
import { HEARTBEAT_MAX, INCARNATION_MAX, viewOf } from './messages.ts';
import type { Fact, HeartbeatEvent, HeartbeatMessage } from './messages.ts';
import { checksumTerm, isLive, Table, type Row } from './table.ts';

export type HeartbeatEnv = Env<HeartbeatMessage, HeartbeatEvent>;

export const Timer = { Heartbeat: 0, Gossip: 1 } as const;

/** A leaver's rounds of gossip: one at once and three more, so that loss hardly hides the news. */
const LEAVING_ROUNDS = 4;

/** A past life may have been told of with a few different starts; it does not raise them. */
const BIDS_MAX = 5;

export class HeartbeatProtocol implements Protocol<HeartbeatMessage, HeartbeatEvent>, Membership {
  readonly #config: HeartbeatConfig;
  readonly #book: Book;
  readonly #savedStart: number;
  readonly #table = new Table();
  #seeds: Peer[];
  #own: Fact;
  #rounds = 0;
  /** Another nodeId with this node's name, and how often it was outranked. */
  #rival: NodeId = ANYONE;
  #bids = 0;
  /** Rounds until a leaver stops; Infinity: not leaving. */
  #roundsLeft = Infinity;

  constructor(config: HeartbeatConfig, book: Book, saved: Iterable<LogRecord>) {
    this.#config = config;
    this.#book = book;
    this.#savedStart = latestStart(saved);
    this.#seeds = config.seeds.map((seed) => book.peer(seed, ANYONE));
    this.#own = { name: config.name, peer: NOBODY, incarnation: 0, heartbeat: 0, status: 'alive' };
  }

  start(env: HeartbeatEnv): void {
    const { heartbeatIntervalMs, gossipIntervalMs } = this.#config;
    this.#beginLife(env, Math.max(Math.floor(env.wallMs), this.#savedStart + 1));
    const here = this.#book.anyoneAt(env.self);
    this.#seeds = this.#seeds.filter((seed) => seed !== here && env.keep(seed));
    env.after(env.random.float() * heartbeatIntervalMs, Timer.Heartbeat);
    env.after(env.random.float() * gossipIntervalMs, Timer.Gossip);
  }

  receive(env: HeartbeatEnv, from: Peer, message: HeartbeatMessage): void {
    for (const fact of message.facts) this.#hear(env, fact);
    if (!message.answer) return;
    for (const part of this.#view(false)) env.send(from, part);
  }

  wake(env: HeartbeatEnv, timer: number): void {
    switch (timer) {
      case Timer.Heartbeat: {
        if (this.#isLeaving) return;
        // The route is taken anew each time: a node that has moved says so by its next heartbeat.
        this.#own = { ...beaten(this.#own, this.#own.heartbeat), peer: env.self };
        env.after(this.#config.heartbeatIntervalMs, Timer.Heartbeat);
        return;
      }
      case Timer.Gossip: {
        this.#expire(env);
        this.#gossip(env);
        if (this.#roundsLeft > 0) env.after(this.#config.gossipIntervalMs, Timer.Gossip);
        else depart(env);
      }
    }
  }

  /**
   * Only silence is evidence. But the textbook's gossip goes to an address, whoever lives there: a
   * node that has restarted and knows nobody is found this way.
   */
  unreachable(env: HeartbeatEnv, peer: Peer, _token: number, why: Why): void {
    if (why !== 'gone') return;
    const tenant = this.#book.anyoneAt(peer);
    for (const part of this.#view(this.#asks)) env.send(tenant, part);
  }

  /** Says so to `fanout` peers in each of a few rounds of gossip, then stops. */
  leave(env: HeartbeatEnv): void {
    if (this.#isLeaving) return;
    this.#own = { ...beaten(this.#own, this.#own.heartbeat), status: 'left' };
    this.#roundsLeft = LEAVING_ROUNDS;
    if (this.#table.size === 0) depart(env);
    else this.#gossip(env);
  }

  /** Puts members into the table as if heard just now, without events: to start converged. */
  know(env: HeartbeatEnv, facts: Iterable<Fact>): void {
    for (const fact of facts) {
      if (fact.name !== this.#own.name && this.#accepts(env, fact)) this.#table.put(fact, env.now);
    }
  }

  /** What this node says of itself. */
  get own(): Fact {
    return this.#own;
  }

  /** Rounds of gossip begun so far. */
  get rounds(): number {
    return this.#rounds;
  }

  /** Members alive or suspect, this node included. */
  get live(): number {
    return this.#table.live + (isLive(this.#own) ? 1 : 0);
  }

  *members(): Iterable<MemberView> {
    yield viewOf(this.#own);
    for (const { fact } of this.#table.rows()) yield viewOf(fact);
  }

  checksum(): number {
    return (this.#table.checksum + (isLive(this.#own) ? checksumTerm(this.#own) : 0)) >>> 0;
  }

  /** Whether what it sends asks for an answer. */
  get #asks(): boolean {
    return this.#config.mode === 'push-pull';
  }

  get #isLeaving(): boolean {
    return this.#roundsLeft !== Infinity;
  }

  #beginLife(env: HeartbeatEnv, start: number): void {
    const incarnation = Math.min(Math.max(start, 0), INCARNATION_MAX);
    this.#own = { ...this.#own, peer: env.self, incarnation };
    env.save(startRecord(incarnation), true);
  }

  #hear(env: HeartbeatEnv, fact: Fact): void {
    if (fact.name === this.#own.name) {
      this.#hearOfSelf(env, fact);
      return;
    }
    const before = this.#table.fact(fact.name);
    if (!this.#accepts(env, fact)) return;
    this.#table.put(fact, env.now);
    tell(env, before, fact, false);
  }

  /** Whether a fact about another replaces what is known; if so its route is kept. */
  #accepts(env: HeartbeatEnv, fact: Fact): boolean {
    const before = this.#table.fact(fact.name);
    if (before === undefined) {
      if (!this.#table.admits(fact)) return false;
      if (isLive(fact)) return env.keep(fact.peer);
      this.#table.bury(fact); // Dead before it was met: only to be kept out.
      return false;
    }
    if (!outranks(fact, before)) return false;
    if (fact.peer === before.peer) return true;
    if (!env.keep(fact.peer)) return false;
    env.forget(before.peer);
    return true;
  }

  /** Others' word about this node: outlived, or outdone, whatever it is. */
  #hearOfSelf(env: HeartbeatEnv, fact: Fact): void {
    const own = this.#own;
    if (this.#isLeaving) return;
    if (this.#book.nodeIdOf(fact.peer) !== this.#book.nodeIdOf(env.self)) {
      if (fact.incarnation >= own.incarnation) this.#outbid(env, fact);
    } else if (outranks(fact, own)) {
      this.#own = beaten(own, fact.heartbeat);
    }
  }

  /**
   * A past life that began later by its wall clock: this one must outrank it to be heard. But one
   * that has answered so often lives, and of two living nodes of one name the one with the greater
   * nodeId gives way.
   */
  #outbid(env: HeartbeatEnv, { peer, incarnation }: Fact): void {
    const nodeId = this.#book.nodeIdOf(peer);
    this.#bids = nodeId === this.#rival ? this.#bids + 1 : 1;
    this.#rival = nodeId;
    if (this.#bids > BIDS_MAX && this.#book.nodeIdOf(env.self) > nodeId) {
      mark('name-taken');
      env.stop('name-taken');
    } else {
      this.#beginLife(env, incarnation + 1);
    }
  }

  /** Judges silence: one step at a time, so that whoever is removed was first declared dead. */
  #expire(env: HeartbeatEnv): void {
    const { failureTimeoutMs, cleanupTimeoutMs } = this.#config;
    for (const { fact, updatedMs } of this.#table.rows()) {
      const silentMs = env.now - updatedMs;
      if (silentMs < failureTimeoutMs) continue;
      if (fact.status === 'alive') {
        this.#declare(env, fact, 'suspect');
      } else if (fact.status === 'suspect') {
        if (silentMs >= cleanupTimeoutMs) this.#declare(env, fact, 'dead');
      } else if (silentMs >= cleanupTimeoutMs + failureTimeoutMs) {
        this.#table.remove(fact);
        env.forget(fact.peer);
      }
    }
  }

  #declare(env: HeartbeatEnv, before: Fact, status: 'suspect' | 'dead'): void {
    const fact: Fact = { ...before, status };
    this.#table.put(fact, env.now);
    tell(env, before, fact, true);
  }

  /** One round: the whole view to `fanout` random peers that are not dead, else to seeds. */
  #gossip(env: HeartbeatEnv): void {
    this.#rounds++;
    this.#roundsLeft--;
    const { fanout } = this.#config;
    let targets: Peer[] = [];
    for (const { fact } of this.#table.rows()) if (isLive(fact)) targets.push(fact.peer);
    if (targets.length === 0) targets = [...this.#seeds];
    draw(targets, fanout, env.random);
    const parts = this.#view(this.#asks);
    for (const to of targets) for (const part of parts) env.send(to, part);
  }

  /** Everything this node knows, in as many messages as it takes. */
  #view(answer: boolean): HeartbeatMessage[] {
    return parcel([this.#own, ...factsOf(this.#table.rows())], this.#config.packetBytesMax, answer);
  }
}

/** One heartbeat above `heartbeat`, which may be forged: so it stays within what the wire takes. */
function beaten(fact: Fact, heartbeat: number): Fact {
  return { ...fact, heartbeat: Math.min(heartbeat + 1, HEARTBEAT_MAX) };
}

function* factsOf(rows: Iterable<Row>): Iterable<Fact> {
  for (const { fact } of rows) yield fact;
}

/** Leaves `count` random ones of `items`, or all if fewer: the start of a Fisher–Yates shuffle. */
function draw(items: Peer[], count: number, random: Random): void {
  if (count >= items.length) return;
  for (let i = 0; i < count; i++) {
    const j = i + random.below(items.length - i);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  items.length = count;
}

/** The events of one change of belief. */
function tell(env: HeartbeatEnv, before: Fact | undefined, fact: Fact, own: boolean): void {
  const member = viewOf(fact);
  const sameLife = before?.incarnation === fact.incarnation;
  if (isLive(fact)) {
    if (before === undefined) env.emit({ type: 'member-joined', member });
    else if (!sameLife || !isLive(before)) env.emit({ type: 'member-rejoined', member });
  }
  if (sameLife && before.status === fact.status) return;
  switch (fact.status) {
    case 'alive':
      if (sameLife && before.status === 'suspect') env.emit({ type: 'member-refuted', member });
      return;
    case 'suspect':
      env.emit({ type: 'member-suspected', member, own });
      return;
    case 'dead':
      env.emit({ type: 'member-failed', member, own });
      return;
    case 'left':
      env.emit({ type: 'member-left', member });
  }
}

function depart(env: HeartbeatEnv): void {
  env.emit({ type: 'departed' });
  env.stop('left');
}
