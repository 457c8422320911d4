/**
 * One flagship node alone: virtual time, its effects as values, and puppets for the others.
 *
 * Every send is held against its codec and its limit, every `forget` against the keeps before it.
 */
import {
  makeFact,
  NO_ACCUSERS,
  type Accusation,
  type Fact,
  type Met,
  type News,
} from '../src/blocks/membership/index.ts';
import { RouteBook } from '../src/blocks/peers/book.ts';
import {
  assert,
  ENVELOPE_BYTES,
  PACKET_BYTES_MAX,
  RecordingEnv,
  STREAM_BYTES_MAX,
  type Effect,
  type LogRecord,
  type Peer,
  type Status,
  type Why,
} from '../src/core/index.ts';
import { factBytes, hearsayCodec } from '../src/designs/hearsay/codec.ts';
import {
  hearsayConfig,
  HearsayProtocol,
  type HearsayConfig,
  type HearsayEvent,
  type HearsayMessage,
} from '../src/designs/hearsay/index.ts';
import { Timer } from '../src/designs/hearsay/timers.ts';
import { pureCrypto } from '../src/sim/sha256.ts';
import { ByteReader, ByteWriter } from '../src/wire/index.ts';
import { HearsayShared } from '../src/designs/hearsay/shared.ts';

type HearsayEffect = Effect<HearsayMessage, HearsayEvent>;
type MessageOf<T extends HearsayMessage['type']> = Extract<HearsayMessage, { readonly type: T }>;
type EventOf<T extends HearsayEvent['type']> = Extract<HearsayEvent, { readonly type: T }>;

export interface Sent<M = HearsayMessage> {
  /** Milliseconds since the start. */
  readonly atMs: number;
  readonly to: Peer;
  readonly message: M;
  /** 0 for a packet. */
  readonly token: number;
}

export interface OneNodeOptions {
  readonly saved?: readonly LogRecord[];
  readonly nodeId?: string;
  readonly seed?: number;
}

/** When facts of puppets start, unless told: long before the node's own. */
const PUPPET_START = 1_600_000_000_000;

export class OneNode {
  readonly book = new RouteBook({ permanent: true });
  readonly shared = new HearsayShared(this.book, pureCrypto);
  readonly env: RecordingEnv<HearsayMessage, HearsayEvent>;
  readonly node: HearsayProtocol;
  /** Puppets that answer pings and probes after a millisecond. */
  readonly lively = new Set<string>();
  sent: Sent[] = [];
  events: HearsayEvent[] = [];
  /** Everything in its order. */
  effects: HearsayEffect[] = [];
  saved: LogRecord[] = [];
  stopped: string | undefined;
  readonly #codec = hearsayCodec(this.shared);
  readonly #startMs: number;
  readonly #kept = new Map<Peer, number>();
  readonly #names: string[] = [];
  #agenda: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  #order = 0;
  #muted = false;

  constructor(given: Partial<HearsayConfig> = {}, options: OneNodeOptions = {}) {
    const self = this.book.peer('10.0.0.1:7946', options.nodeId ?? '00000000000000aa');
    this.env = new RecordingEnv(self, options.seed);
    this.#startMs = this.env.now;
    const config = hearsayConfig({ name: 'self', ...given });
    this.node = new HearsayProtocol(config, this.shared, options.saved);
  }

  /** Milliseconds since the start. */
  get elapsedMs(): number {
    return this.env.now - this.#startMs;
  }

  start(): this {
    this.command((node, env) => node.start(env));
    return this;
  }

  /** Starts alone and then knows these puppets, who answer, as if it had always known them. */
  among(...names: string[]): this {
    this.start();
    this.command((node, env) => {
      node.know(
        env,
        names.map((name) => this.fact(name)),
      );
    });
    for (const name of names) this.lively.add(name);
    this.forgetEffects();
    return this;
  }

  // Puppets.

  /** The route to a puppet: each name has an address and a nodeId of its own. */
  route(name: string): Peer {
    const number = this.#number(name);
    const address = `10.0.${1 + (number >> 8)}.${number & 255}:7946`;
    return this.book.peer(address, `${number}`.padStart(16, '0'));
  }

  anyoneAt(name: string): Peer {
    return this.book.anyoneAt(this.route(name));
  }

  address(name: string): string {
    return this.book.addressOf(this.route(name));
  }

  fact(name: string, change: Partial<Fact> = {}): Fact {
    const peer = change.peer ?? this.route(name);
    const start = change.start ?? PUPPET_START;
    const of = {
      name,
      nodeId: this.book.nodeIdOf(peer),
      born: start,
      counter: 0,
      streams: 'yes' as const,
      tags: {},
      slot: -1,
      ...change,
      peer,
      start,
    };
    return makeFact({ ...of, bytes: factBytes(of) });
  }

  /** News about a puppet; a death is one that is believed at once: another life answers there. */
  news(name: string, status: Status = 'alive', change: Partial<Fact> = {}): News {
    const accusers = status === 'dead' ? [accusation('b:gone')] : NO_ACCUSERS;
    return { fact: this.fact(name, change), status, accusers, ageMs: 0 };
  }

  /** A suspicion of a puppet; accusers as 'name' or 'name:refused'. */
  suspicion(name: string, accusers: readonly string[], change: Partial<Fact> = {}): News {
    return { ...this.news(name, 'suspect', change), accusers: accusers.map(accusation) };
  }

  /** News about this node as somebody else may tell it. */
  newsOfSelf(status: Status, change: Partial<Fact> = {}, accusers: readonly string[] = []): News {
    const own = this.node.fact;
    const of = { ...own, slot: -1, ...change };
    if (change.peer !== undefined) of.nodeId = this.book.nodeIdOf(change.peer);
    const fact = makeFact({ ...of, bytes: factBytes(of) });
    return { fact, status, accusers: accusers.map(accusation), ageMs: 0 };
  }

  // What happens.

  command<R>(run: (node: HearsayProtocol, env: typeof this.env) => R): R {
    const result = run(this.node, this.env);
    this.#collect();
    return result;
  }

  hear(from: string, message: HearsayMessage): void {
    if (this.stopped !== undefined) return;
    this.command((node, env) => node.receive(env, this.route(from), message));
  }

  gossip(from: string, ...news: News[]): void {
    this.hear(from, { type: 'gossip', news });
  }

  fail(to: Peer, token: number, why: Why): void {
    this.command((node, env) => node.unreachable(env, to, token, why));
  }

  /** Lets time pass. */
  run(ms: number): void {
    this.#runUntil(this.env.now + ms);
  }

  /** Runs up to so many milliseconds after the start. */
  runTo(elapsedMs: number): void {
    this.#runUntil(this.#startMs + elapsedMs);
  }

  /** Time passes and nothing runs: then everything that is due does, late. */
  stall(ms: number): void {
    this.env.advance(ms);
    this.#runUntil(this.env.now);
  }

  /** From now on this puppet says something now and then, though nothing new. */
  chatter(name: string, everyMs = 100): void {
    this.#muted = false;
    this.#at(everyMs, () => {
      if (this.#muted) return;
      this.gossip(name);
      this.chatter(name, everyMs);
    });
  }

  /** Nobody says anything any more. */
  mute(): void {
    this.#muted = true;
    this.lively.clear();
  }

  /** Runs until a ping goes to this puppet, and returns it. */
  untilPinged(name: string): Sent<MessageOf<'ping'>> {
    const before = this.sent.length;
    for (let i = 0; i < 100_000; i++) {
      const ping = this.sent
        .slice(before)
        .find(({ to, message }) => to === this.route(name) && message.type === 'ping');
      if (ping !== undefined) return ping as Sent<MessageOf<'ping'>>;
      this.run(1);
    }
    throw new Error(`${name} is never pinged`);
  }

  // What has been done.

  /** What was sent of one type, to one puppet if given. */
  of<T extends HearsayMessage['type']>(type: T, name?: string): Sent<MessageOf<T>>[] {
    return this.sent.filter((one): one is Sent<MessageOf<T>> => {
      return one.message.type === type && (name === undefined || one.to === this.route(name));
    });
  }

  eventsOf<T extends HearsayEvent['type']>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  /** Every piece of news sent about a name, in order. */
  told(name: string): News[] {
    return this.sent.flatMap(({ message }) =>
      'news' in message ? message.news.filter(({ fact }) => fact.name === name) : [],
    );
  }

  status(name: string): Status | undefined {
    return this.node.member(name)?.status;
  }

  forgetEffects(): void {
    this.sent = [];
    this.events = [];
    this.effects = [];
  }

  /** How often a route is kept. */
  keeps(peer: Peer): number {
    return this.#kept.get(peer) ?? 0;
  }

  #number(name: string): number {
    const known = this.#names.indexOf(name);
    return known >= 0 ? known + 1 : this.#names.push(name);
  }

  #runUntil(untilMs: number): void {
    for (;;) {
      let next = this.#agenda[0];
      for (const one of this.#agenda) {
        const sooner = next === undefined || one.atMs < next.atMs;
        if (sooner || (one.atMs === next?.atMs && one.order < next.order)) next = one;
      }
      if (next === undefined || next.atMs > untilMs || this.stopped !== undefined) break;
      this.#agenda = this.#agenda.filter((one) => one !== next);
      this.env.advance(Math.max(0, next.atMs - this.env.now));
      next.run();
    }
    this.env.advance(Math.max(0, untilMs - this.env.now));
  }

  #at(delayMs: number, run: () => void): void {
    this.#agenda.push({ atMs: this.env.now + delayMs, order: this.#order++, run });
  }

  #collect(): void {
    for (const effect of this.env.take()) {
      this.effects.push(effect);
      switch (effect.type) {
        case 'send':
          this.#send(effect.to, effect.message, 0);
          break;
        case 'sendReliably':
          this.#send(effect.to, effect.message, effect.token);
          break;
        case 'after': {
          const { timer, arg } = effect;
          this.#at(effect.delayMs, () => this.command((node, env) => node.wake(env, timer, arg)));
          break;
        }
        case 'keep':
          if (this.env.keeps) this.#kept.set(effect.peer, this.keeps(effect.peer) + 1);
          break;
        case 'forget':
          assert(this.keeps(effect.peer) > 0, 'forgets a route that it does not keep');
          this.#kept.set(effect.peer, this.keeps(effect.peer) - 1);
          break;
        case 'save':
          this.saved.push(effect.record);
          break;
        case 'emit':
          this.events.push(effect.event);
          break;
        case 'stop':
          this.stopped = effect.reason;
          break;
      }
    }
  }

  #send(to: Peer, message: HearsayMessage, token: number): void {
    this.#check(message, token);
    this.sent.push({ atMs: this.elapsedMs, to, message, token });
    if (message.type !== 'ping' && message.type !== 'probe') return;
    const name = this.#names.find((one) => this.route(one) === to);
    if (name === undefined || !this.lively.has(name)) return;
    const { seq } = message;
    this.#at(1, () => {
      if (this.lively.has(name)) this.hear(name, { type: 'ack', seq, news: [] });
    });
  }

  #check(message: HearsayMessage, token: number): void {
    const to = new ByteWriter();
    this.#codec.encode(message, to, this.book);
    const bytesMax = token === 0 ? PACKET_BYTES_MAX : STREAM_BYTES_MAX - ENVELOPE_BYTES;
    const bytes = this.#codec.sizeOf(message);
    assert(bytes <= bytesMax, `a ${message.type} of ${bytes} bytes, over ${bytesMax}`);
    assert(to.length <= bytes, `a ${message.type} of ${to.length} bytes that counts as ${bytes}`);
    const read = this.#codec.decode(new ByteReader(to.copy()), this.book);
    assert(read !== undefined, `a ${message.type} that nobody can read`);
  }
}

/** The delays of the timers of one kind that were set since the effects were last forgotten. */
export function timersSet(node: OneNode, timer: keyof typeof Timer): number[] {
  return node.effects.flatMap((effect) =>
    effect.type === 'after' && effect.timer === Timer[timer] ? [effect.delayMs] : [],
  );
}

/** 'name' or 'name:refused'. */
function accusation(text: string): Accusation {
  const [by = '', met = 'silence'] = text.split(':');
  return { by, met: met as Met };
}
