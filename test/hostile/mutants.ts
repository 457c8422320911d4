/**
 * What an attacker without a key can send: messages with a good checksum and anything inside.
 *
 * Half of the mutants are changed byte by byte and mostly unreadable. The other half is read by
 * the real codec, changed where it hurts, and written again: counters and starts at their ends,
 * other names, other lives, other places, every status, more accusers than anyone keeps.
 */
import {
  COUNTER_MAX,
  makeFact,
  START_MAX,
  type Accusation,
  type Fact,
  type Met,
  type News,
  type Streams,
} from '../../src/blocks/membership/index.ts';
import { chunkCount } from '../../src/blocks/data/index.ts';
import { RouteBook } from '../../src/blocks/peers/book.ts';
import type { Peer, Random, Status } from '../../src/core/index.ts';
import { factBytes } from '../../src/designs/hearsay/codec.ts';
import {
  hearsay,
  type HearsayMessage,
  type QueryMessage,
} from '../../src/designs/hearsay/index.ts';
import { ByteReader, ByteWriter } from '../../src/wire/index.ts';
import { forgeData } from './data-mutants.ts';
import { forgeTopic, type Known } from './topic-mutants.ts';

export interface MutatorOptions {
  /** The share of messages that is touched, 0 … 1. */
  readonly share: number;
  /** Real members, so that forgeries are about them. */
  readonly names: readonly string[];
  /** What the attacker takes for the time. */
  readonly wallMs: number;
}

export class Mutator {
  /** Off: everything passes as it is. */
  enabled = true;
  /** Messages touched so far. */
  touched = 0;
  readonly #options: MutatorOptions;
  readonly #book = new RouteBook({ permanent: true });
  readonly #codec = hearsay.codec(hearsay.share(this.#book, NO_CRYPTO));
  /** Real routes seen so far. */
  readonly #routes: Peer[] = [];
  #last: Uint8Array = new Uint8Array(0);
  readonly #known: Known;
  /** Ids of queries seen so far. */
  readonly #queries: string[] = [];

  constructor(options: MutatorOptions) {
    this.#options = options;
    this.#known = { names: options.names, lives: [] };
  }

  /** For a simulation's `corrupt`. */
  readonly corrupt = (bytes: Uint8Array, random: Random): Uint8Array => {
    if (!this.enabled || random.float() >= this.#options.share) return bytes;
    this.touched++;
    const mutant = this.mutate(bytes, random);
    this.#last = bytes;
    return mutant;
  };

  /** Always another array. */
  mutate(bytes: Uint8Array, random: Random): Uint8Array {
    return random.below(2) === 0 ? this.#mangle(bytes, random) : this.#forge(bytes, random);
  }

  /** Bytes changed without knowing what they mean. */
  #mangle(bytes: Uint8Array, random: Random): Uint8Array {
    const at = random.below(bytes.length + 1);
    switch (random.below(6)) {
      case 0:
        return bytes.slice(0, at);
      case 1:
        return concat(
          bytes,
          Uint8Array.from({ length: 1 + random.below(64) }, () => byte(random)),
        );
      case 2:
        return concat(bytes.slice(0, at), this.#last.slice(random.below(this.#last.length + 1)));
      case 3:
        return Uint8Array.from({ length: random.below(1400) }, () => byte(random));
      case 4: {
        const changed = bytes.slice();
        changed[Math.min(at, bytes.length - 1)]! ^= 1 << random.below(8);
        return changed;
      }
      default: {
        const changed = bytes.slice();
        for (let i = random.below(4); i >= 0; i--)
          changed[random.below(changed.length)] = byte(random);
        return changed;
      }
    }
  }

  #forge(bytes: Uint8Array, random: Random): Uint8Array {
    const message = this.#codec.decode(new ByteReader(bytes), this.#book);
    if (message === undefined) return this.#mangle(bytes, random);
    const to = new ByteWriter();
    this.#codec.encode(this.#forged(message, random), to, this.#book);
    return to.copy();
  }

  #forged(message: HearsayMessage, random: Random): HearsayMessage {
    if ('news' in message) for (const { fact } of message.news) this.#see(fact.peer);
    if ('fact' in message) this.#see(message.fact.peer);
    switch (message.type) {
      case 'join':
        return { ...message, fact: this.#fact(message.fact, random) };
      case 'admit':
        return { ...message, start: this.#start(message.start, random) };
      case 'sync':
        return { ...message, checksum: random.u32() };
      case 'page':
        return {
          type: 'page',
          news: this.#list(message.news, random),
          last: random.below(2) === 0,
          want: random.below(2) === 0,
        };
      case 'gossip':
        return { type: 'gossip', news: this.#list(message.news, random) };
      case 'ping-request': {
        const target = this.#peer(random);
        return { ...message, target, news: this.#list(message.news, random) };
      }
      case 'ping':
      case 'ack':
      case 'probe':
      case 'nack': {
        const type = one(['ping', 'ack', 'probe', 'nack'] as const, random);
        const seq = one([0, 1, message.seq, message.seq + 1, random.u32()], random) % 2 ** 32;
        const news = this.#list(message.news, random);
        return type === 'nack' ? { type, seq, met: one(METS, random), news } : { type, seq, news };
      }
      case 'query':
      case 'query-receipt':
      case 'query-answer':
        return this.#aboutQuery(message, random);
      case 'data-gossip':
      case 'data-compare':
      case 'data-agree':
      case 'data-page':
      case 'data-symbols':
      case 'data-ask':
      case 'data-ahead':
      case 'data-word':
        return forgeData(message, random, this.#options.wallMs);
      case 'topic-link':
      case 'topic-flow':
      case 'topic-page':
      case 'topic-digest':
      case 'topic-want':
      case 'topic-doubt':
      case 'topic-word':
        return forgeTopic(message, random, this.#known);
      case 'want': {
        const indices = message.indices.map(() => random.below(chunkCount(message.of.length)));
        return { ...message, have: this.#noise(message.have, random), indices };
      }
      case 'chunk': {
        const index = random.below(chunkCount(message.of.length));
        const bytes = random.below(2) === 0 ? message.bytes : this.#noise(message.bytes, random);
        return { ...message, index, bytes };
      }
      case 'lack':
        return { ...message, have: this.#noise(message.have, random), isBusy: !message.isBusy };
    }
  }

  /** Somebody else's name or query; ranges of all; times and verdicts of any kind. */
  #aboutQuery(message: QueryMessage, random: Random): QueryMessage {
    this.#queries.push(message.id);
    const id = one(this.#queries.slice(-8), random);
    if (message.type === 'query-receipt') {
      return { ...message, id, of: one(['query', 'acknowledgement', 'answer'], random) };
    }
    if (message.type === 'query-answer') {
      const verdicts = ['acknowledged', 'answered', 'failed', 'no-handler', 'busy'] as const;
      return { ...message, id, verdict: one(verdicts, random) };
    }
    const asker = one([message.asker, ...this.#options.names], random);
    if (random.below(8) === 0) return { ...message, name: 'x'.repeat(129) };
    if (random.below(8) === 0) return { ...message, payload: new Uint8Array(1025) };
    const all = { first: '0000000000000000', last: 'ffffffffffffffff' };
    const leftMs = one([0, message.leftMs, 600_000], random);
    const spreadMs = random.below(leftMs + 1);
    return { ...message, id, asker, leftMs, spreadMs, ...(random.below(2) === 0 ? all : {}) };
  }

  #noise(bytes: Uint8Array, random: Random): Uint8Array {
    return bytes.map(() => byte(random));
  }

  #list(list: readonly News[], random: Random): News[] {
    const forged = list.map((news) => (random.below(2) === 0 ? this.#news(news, random) : news));
    const some = list[0] ?? this.#invented(random);
    for (let i = random.below(4); i > 0; i--) forged.push(this.#news(some, random));
    return forged;
  }

  #news(news: News, random: Random): News {
    const { fact, status, accusers, ageMs } = news;
    switch (random.below(3)) {
      case 0:
        return { ...news, fact: this.#fact(fact, random) };
      case 1: {
        const forged = random.below(4) === 0 ? this.#accusers(random) : accusers;
        return { ...news, status: one(STATUSES, random), accusers: forged };
      }
      default: {
        const age = one([0, 1, 60_000, 86_400_000, Number.MAX_SAFE_INTEGER], random);
        return {
          fact: this.#fact(fact, random),
          status,
          accusers: this.#accusers(random),
          ageMs: random.below(2) === 0 ? ageMs : age,
        };
      }
    }
  }

  #invented(random: Random): News {
    const { wallMs } = this.#options;
    const fact = this.#make({
      name: one(this.#options.names, random),
      peer: this.#peer(random),
      start: wallMs,
      born: wallMs,
      counter: random.below(3),
      streams: 'yes',
      tags: {},
    });
    return { fact, status: one(STATUSES, random), accusers: [], ageMs: 0 };
  }

  #fact(fact: Fact, random: Random): Fact {
    const { name, peer, start, born, counter, streams, tags } = fact;
    const of = { name, peer, start, born, counter, streams, tags };
    switch (random.below(8)) {
      case 0:
        return this.#make({ ...of, name: this.#name(random) });
      case 1:
        return this.#make({ ...of, peer: this.#peer(random) });
      case 2: {
        const later = this.#start(start, random);
        return this.#make({ ...of, start: later, born: Math.min(born, later) });
      }
      case 3: {
        const later = this.#start(start, random);
        return this.#make({
          ...of,
          start: later,
          born: one([0, later, Math.min(born, later)], random),
        });
      }
      case 4:
        return this.#make({ ...of, counter: this.#counter(counter, random) });
      case 5:
        return this.#make({
          ...of,
          tags: { [`k${random.below(9)}`]: 'x'.repeat(random.below(200)) },
        });
      case 6:
        return this.#make({
          ...of,
          streams: one(STREAMS, random),
          counter: this.#counter(counter, random),
        });
      default:
        return this.#make({
          ...of,
          peer: this.#peer(random),
          counter: this.#counter(counter, random),
        });
    }
  }

  #make(of: Omit<Fact, 'hash' | 'bytes' | 'slot' | 'nodeId'>): Fact {
    const whole = { ...of, nodeId: this.#book.nodeIdOf(of.peer), slot: -1 };
    return makeFact({ ...whole, bytes: factBytes(whole) });
  }

  #name(random: Random): string {
    const ghost = `ghost-${random.below(GHOSTS)}`;
    return one([one(this.#options.names, random), ghost, `\u001b[2J${ghost}`], random);
  }

  #counter(counter: number, random: Random): number {
    return one([0, counter + 1, counter + 1000, COUNTER_MAX - 1, COUNTER_MAX], random) % 2 ** 32;
  }

  #start(start: number, random: Random): number {
    const { wallMs } = this.#options;
    const far = [wallMs + DAY_MS - 60_000, wallMs + DAY_MS, wallMs + 2 * DAY_MS];
    const near = [0, 1, start + 1, start + 3_600_000];
    return Math.min(START_MAX, one([...near, ...far, START_MAX - 1, START_MAX], random));
  }

  #peer(random: Random): Peer {
    const known = one(this.#routes, random);
    const address = `10.${random.below(3)}.0.${1 + random.below(20)}:7946`;
    const id = `${random.u32()}`.padStart(16, '0');
    if (known === undefined) return this.#book.peer(address, id);
    switch (random.below(4)) {
      case 0:
        return this.#book.peer(this.#book.addressOf(known), id);
      case 1:
        return this.#book.peer(address, this.#book.nodeIdOf(known));
      case 2:
        return this.#book.peer(address, id);
      default:
        return known;
    }
  }

  #accusers(random: Random): Accusation[] {
    const count = one([0, 1, 4, 17], random);
    return Array.from({ length: count }, (_, i) => ({ by: `judge-${i}`, met: one(METS, random) }));
  }

  #see(peer: Peer): void {
    if (this.#routes.length < ROUTES_MAX && !this.#routes.includes(peer)) this.#routes.push(peer);
  }
}

/** Names that never existed. */
export const GHOSTS = 40;

const NO_CRYPTO = { sha256: (): Uint8Array => new Uint8Array(32) };
const DAY_MS = 86_400_000;
const ROUTES_MAX = 64;
const METS: readonly Met[] = ['silence', 'refused', 'gone'];
const STREAMS: readonly Streams[] = ['unknown', 'yes', 'no'];
/** Evictions, which nobody can refute, are rarer than the rest. */
const STATUSES: readonly Status[] = (['alive', 'suspect', 'dead', 'left'] as const)
  .flatMap((status): Status[] => Array.from({ length: 5 }, () => status))
  .concat('evicted');

function byte(random: Random): number {
  return random.below(256);
}

function one<T>(list: readonly T[], random: Random): T {
  return list[random.below(list.length)] as T;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
