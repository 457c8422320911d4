/**
 * What it costs two nodes to come to hold the same facts, by strategy.
 *
 * Each side holds so many facts, of which the other lacks some. A fact has an owner and a version;
 * what a side lacks of an owner is the latest, and of one owner only one side lacks something: so
 * version digests can tell the difference at all. Messages arrive at once and in order.
 */
import { factDigest, symbolCount } from '../blocks/reconcile/index.ts';
import {
  checksumFirst,
  fullState,
  rateless,
  Replica,
  threeWay,
  versionDigests,
  type Fact,
  type Side,
  type Strategy,
  type SyncMessage,
  type SyncMode,
} from '../blocks/reconcile/strategies/index.ts';
import { ENVELOPE_BYTES, PACKET_BYTES_MAX, UsageError, Xoshiro128 } from '../core/index.ts';
import { pureCrypto } from '../sim/index.ts';

export type { SyncMode } from '../blocks/reconcile/strategies/index.ts';

/** The strategies, and the systems that two of them are set up as. */
export const SYNC_STRATEGIES = [
  'full',
  'checksum',
  'digest',
  'three-way',
  'rateless',
  'memberlist',
  'chitchat',
] as const;
export type SyncStrategy = (typeof SYNC_STRATEGIES)[number];

/** What two nodes hold. */
export interface SyncLoad {
  /** That each side holds; with odd differences, one side one less. */
  readonly facts: number;
  /** Facts that one side holds and the other lacks, half of them each way; at most 2 · facts. */
  readonly differences: number;
  /** Whose facts they are; default 100. */
  readonly owners?: number | undefined;
  readonly seed: number;
}

/** How they come to hold the same. */
export interface SyncWay {
  readonly strategy: SyncStrategy;
  /** Default push-pull; not every strategy has every mode. */
  readonly mode?: SyncMode | undefined;
  /** Rateless: one symbol at a time, as if round trips cost nothing; default false. */
  readonly isTripFree?: boolean | undefined;
}

export interface SyncResult {
  readonly strategy: SyncStrategy;
  readonly mode: SyncMode;
  readonly facts: number;
  readonly differences: number;
  readonly owners: number;
  readonly seed: number;
  /**
   * All that was sent, both ways, envelopes included, but the first copy of each fact that was
   * lacked.
   */
  readonly bytes: number;
  /** That copy of each. */
  readonly factBytes: number;
  readonly messages: number;
  /** How often the asker waited for the other. */
  readonly roundTrips: number;
  readonly symbols: number;
  /** Whether both sides hold the same in the end. */
  readonly complete: boolean;
}

/** Bytes of a fact on the wire: 86 of key and value, and what names its owner and version. */
export const SYNC_FACT_BYTES = 100;

const OWNERS_DEFAULT = 100;

/** A nodeId and a version. */
const OWN_COSTS = {
  digestBytes: 11,
  ownerBytes: 11,
  factBytes: 0,
  packetBytesMax: PACKET_BYTES_MAX,
  isDigestSplit: true,
};

/**
 * chitchat 0.13 with names of ten characters: 51 B a digest, 44 B before the values of a node, 14 B
 * around a key and value, one datagram of at most 65,507 B. Read from its source.
 */
const CHITCHAT_COSTS = {
  digestBytes: 51,
  ownerBytes: 44,
  factBytes: 0,
  packetBytesMax: 65_507,
  isDigestSplit: false,
};

/** Cassandra: an IPv4 endpoint, generation and version; the state's head with its heartbeat. */
const CASSANDRA_COSTS = { digestBytes: 15, ownerBytes: 27, factBytes: 0 };

/** memberlist 0.7 sends each member as a MessagePack map of 78 B and its meta: here 86 B. */
const MEMBERLIST_ENTRY_BYTES = 78 + 86 - SYNC_FACT_BYTES;

/** Facts and their digests, made once; each run starts from them. */
export class SyncTrial {
  readonly #load: SyncLoad;
  readonly #both: readonly Fact[];
  readonly #onlyHere: readonly Fact[];
  readonly #onlyThere: readonly Fact[];

  constructor(load: SyncLoad) {
    const { facts, differences, owners = OWNERS_DEFAULT, seed } = load;
    if (differences > 2 * facts) {
      throw new UsageError('BAD_OPTION', 'differences: at most twice as many as facts');
    }
    if (owners < 2) throw new UsageError('BAD_OPTION', 'owners: at least 2');
    this.#load = load;
    const onlyHere = Math.floor(differences / 2);
    const onlyThere = differences - onlyHere;
    const random = new Xoshiro128(seed, 'sync-facts');
    const makeFact = factMaker();
    this.#both = Array.from({ length: facts - onlyThere }, (_, i) => makeFact(i % owners));
    // The first half of the owners said something that is known only here, the others there.
    const half = Math.floor(owners / 2);
    this.#onlyHere = Array.from({ length: onlyHere }, () => makeFact(random.below(half)));
    this.#onlyThere = Array.from({ length: onlyThere }, () =>
      makeFact(half + random.below(owners - half)),
    );
  }

  /** One session. `timed` runs it, and nothing but it: for those who have a clock. */
  run(way: SyncWay, timed: Timed = (session) => session()): SyncResult {
    switch (way.strategy) {
      case 'full':
        return this.#drive(fullState(), way, timed);
      case 'memberlist':
        return this.#drive(fullState({ entryBytes: MEMBERLIST_ENTRY_BYTES }), way, timed);
      case 'checksum':
        return this.#drive(checksumFirst(), way, timed);
      case 'digest':
        return this.#drive(versionDigests(OWN_COSTS), way, timed);
      case 'chitchat':
        return this.#drive(versionDigests(CHITCHAT_COSTS), way, timed);
      case 'three-way':
        return this.#drive(threeWay(CASSANDRA_COSTS), way, timed);
      case 'rateless':
        return this.#drive(rateless({ isTripFree: way.isTripFree === true }), way, timed);
    }
  }

  #drive<M extends SyncMessage>(strategy: Strategy<M>, way: SyncWay, timed: Timed): SyncResult {
    const { seed, facts, differences, owners = OWNERS_DEFAULT } = this.#load;
    const { strategy: name, mode = 'push-pull' } = way;
    if (!strategy.modes.includes(mode)) {
      throw new UsageError(
        'BAD_OPTION',
        `${name} has no ${mode}, but ${strategy.modes.join(' and ')}`,
      );
    }
    const random = new Xoshiro128(seed, 'sync');
    const here = strategy.asker(new Replica([...this.#both, ...this.#onlyHere]), mode, random);
    const there = strategy.answerer(new Replica([...this.#both, ...this.#onlyThere]), mode, random);
    let sent: readonly Sent<M>[] = [];
    timed(() => (sent = exchange(here, there)));

    const lackedHere = new Set(this.#onlyThere);
    const lackedThere = new Set(this.#onlyHere);
    let bytes = 0;
    let factBytes = 0;
    for (const { message, isAnswer } of sent) {
      const lacked = isAnswer ? lackedHere : lackedThere;
      let body = strategy.sizeOf(message);
      for (const fact of message.facts ?? []) {
        body += fact.bytes;
        if (lacked.delete(fact)) factBytes += fact.bytes;
      }
      bytes += body + ENVELOPE_BYTES * Math.ceil(body / strategy.messageBytesMax);
    }
    return {
      strategy: name,
      mode,
      facts,
      differences,
      owners,
      seed,
      bytes: bytes - factBytes,
      factBytes,
      messages: sent.length,
      roundTrips: sent.filter(({ isAnswer }) => isAnswer).length,
      symbols: sent.reduce((sum, { message }) => sum + symbolsIn(message), 0),
      complete: lackedHere.size + lackedThere.size === 0,
    };
  }
}

/** Runs a session, perhaps between two looks at a clock. */
type Timed = (session: () => void) => void;

interface Sent<M> {
  readonly message: M;
  /** From the side that was asked. */
  readonly isAnswer: boolean;
}

/** Both sides talk until neither has anything to say. */
function exchange<M>(here: Side<M>, there: Side<M>): Sent<M>[] {
  const sent: Sent<M>[] = [];
  for (let begin = here.begin(); begin !== undefined; begin = here.again?.()) {
    let message: M | undefined = begin;
    for (let isAnswer = false; message !== undefined; isAnswer = !isAnswer) {
      sent.push({ message, isAnswer });
      message = (isAnswer ? here : there).receive(message);
    }
  }
  return sent;
}

function symbolsIn({ symbols }: SyncMessage): number {
  return symbols === undefined ? 0 : symbolCount(symbols);
}

/** Makes the next fact of an owner. */
function factMaker(): (owner: number) => Fact {
  const versions = new Map<number, number>();
  return (owner) => {
    const version = (versions.get(owner) ?? 0) + 1;
    versions.set(owner, version);
    const canonical = new Uint8Array(8);
    const view = new DataView(canonical.buffer);
    view.setUint32(0, owner);
    view.setUint32(4, version);
    return { owner, version, bytes: SYNC_FACT_BYTES, digest: factDigest(canonical, pureCrypto) };
  };
}
