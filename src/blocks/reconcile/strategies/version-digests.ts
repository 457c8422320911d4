/**
 * Scuttlebutt (van Renesse et al., LADIS 2008), as chitchat does it: each side sends how far it
 * knows each owner, and is sent what lies beyond, as much as one packet holds beside. What did not
 * fit waits for a further round. Pull: only the asker is told.
 */
import type { Random } from '../../../core/index.ts';
import type { Fact, Replica } from './replica.ts';
import { HEAD_BYTES, type Side, type Strategy, type SyncMode } from './strategy.ts';
import { deltaBeyond, deltaBytes, digestOf } from './version-delta.ts';
import type { VersionCosts, VersionDigest } from './version-delta.ts';

export type DigestMessage =
  | { readonly type: 'syn'; readonly digest: VersionDigest }
  | {
      readonly type: 'syn-ack';
      /** Undefined in pull: the asker will tell nothing. */
      readonly digest: VersionDigest | undefined;
      readonly facts: readonly Fact[];
      readonly isWhole: boolean;
    }
  | { readonly type: 'ack'; readonly facts: readonly Fact[] };

export interface DigestOptions extends VersionCosts {
  readonly packetBytesMax: number;
  /** Whether a digest may take several packets; if not, one too large for a packet is not sent. */
  readonly isDigestSplit: boolean;
}

export function versionDigests(options: DigestOptions): Strategy<DigestMessage> {
  return {
    modes: ['pull', 'push-pull'],
    messageBytesMax: options.packetBytesMax,
    asker: (replica, mode, random) => new DigestSide(replica, mode, random, options),
    answerer: (replica, mode, random) => new DigestSide(replica, mode, random, options),
    sizeOf: (message) => HEAD_BYTES + bytesOf(message, options),
  };
}

function bytesOf(message: DigestMessage, options: DigestOptions): number {
  if (message.type === 'syn') return message.digest.size * options.digestBytes;
  const delta = deltaBytes(message.facts, options);
  if (message.type === 'ack') return delta;
  return 1 + delta + (message.digest?.size ?? 0) * options.digestBytes;
}

class DigestSide implements Side<DigestMessage> {
  readonly #replica: Replica;
  readonly #mode: SyncMode;
  readonly #random: Random;
  readonly #options: DigestOptions;
  /** The last round left something out. */
  #isUntold = false;

  constructor(replica: Replica, mode: SyncMode, random: Random, options: DigestOptions) {
    this.#replica = replica;
    this.#mode = mode;
    this.#random = random;
    this.#options = options;
  }

  begin(): DigestMessage | undefined {
    const digest = digestOf(this.#replica);
    const { isDigestSplit, digestBytes, packetBytesMax } = this.#options;
    const isSent = isDigestSplit || HEAD_BYTES + digest.size * digestBytes <= packetBytesMax;
    return isSent ? { type: 'syn', digest } : undefined;
  }

  receive(message: DigestMessage): DigestMessage | undefined {
    switch (message.type) {
      case 'syn': {
        const digest = this.#mode === 'push-pull' ? digestOf(this.#replica) : undefined;
        const besides = 1 + (digest?.size ?? 0) * this.#options.digestBytes;
        return { type: 'syn-ack', digest, ...this.#delta(message.digest, besides) };
      }
      case 'syn-ack': {
        this.#replica.addAll(message.facts);
        const mine = message.digest === undefined ? undefined : this.#delta(message.digest, 0);
        this.#isUntold = !message.isWhole || mine?.isWhole === false;
        if (mine !== undefined && mine.facts.length > 0) return { type: 'ack', facts: mine.facts };
        return undefined;
      }
      case 'ack':
        this.#replica.addAll(message.facts);
        return undefined;
    }
  }

  again(): DigestMessage | undefined {
    return this.#isUntold ? this.begin() : undefined;
  }

  /** In the room that a packet has left; where that is little, in a packet of its own. */
  #delta(known: VersionDigest, besides: number): ReturnType<typeof deltaBeyond> {
    const { packetBytesMax } = this.#options;
    const left = packetBytesMax - HEAD_BYTES - besides;
    const room = left > packetBytesMax / 2 ? left : packetBytesMax;
    const first = this.#random.below(2 ** 32);
    return deltaBeyond(this.#replica, known, this.#options, room, first);
  }
}
