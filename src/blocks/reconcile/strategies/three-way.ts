/**
 * Cassandra's gossip exchange (Gossiper, GossipDigestSyn/Ack/Ack2): SYN carries how far the asker
 * knows each owner; ACK what the asker lacks, and which owners the answerer lacks something of;
 * ACK2 that. No message is bounded. Pull: the answerer requests nothing.
 */
import type { Fact, Replica } from './replica.ts';
import {
  HEAD_BYTES,
  WHOLE_MESSAGE_BYTES_MAX,
  type Side,
  type Strategy,
  type SyncMode,
} from './strategy.ts';
import { deltaBeyond, deltaBytes, digestOf } from './version-delta.ts';
import type { VersionCosts, VersionDigest } from './version-delta.ts';

export type ThreeWayMessage =
  | { readonly type: 'syn'; readonly digest: VersionDigest }
  | { readonly type: 'ack'; readonly requests: VersionDigest; readonly facts: readonly Fact[] }
  | { readonly type: 'ack2'; readonly facts: readonly Fact[] };

export function threeWay(costs: VersionCosts): Strategy<ThreeWayMessage> {
  return {
    modes: ['pull', 'push-pull'],
    messageBytesMax: WHOLE_MESSAGE_BYTES_MAX,
    asker: (replica, mode) => new ThreeWaySide(replica, mode, costs),
    answerer: (replica, mode) => new ThreeWaySide(replica, mode, costs),
    sizeOf: (message) => HEAD_BYTES + bytesOf(message, costs),
  };
}

function bytesOf(message: ThreeWayMessage, costs: VersionCosts): number {
  switch (message.type) {
    case 'syn':
      return message.digest.size * costs.digestBytes;
    case 'ack':
      return message.requests.size * costs.digestBytes + deltaBytes(message.facts, costs);
    case 'ack2':
      return deltaBytes(message.facts, costs);
  }
}

class ThreeWaySide implements Side<ThreeWayMessage> {
  readonly #replica: Replica;
  readonly #mode: SyncMode;
  readonly #costs: VersionCosts;

  constructor(replica: Replica, mode: SyncMode, costs: VersionCosts) {
    this.#replica = replica;
    this.#mode = mode;
    this.#costs = costs;
  }

  begin(): ThreeWayMessage {
    return { type: 'syn', digest: digestOf(this.#replica) };
  }

  receive(message: ThreeWayMessage): ThreeWayMessage | undefined {
    switch (message.type) {
      case 'syn': {
        const { facts } = deltaBeyond(this.#replica, message.digest, this.#costs, Infinity);
        return { type: 'ack', requests: this.#lackedOf(message.digest), facts };
      }
      case 'ack': {
        const requested = [...message.requests].flatMap(([owner, version]) =>
          this.#replica.after(owner, version),
        );
        this.#replica.addAll(message.facts);
        return requested.length === 0 ? undefined : { type: 'ack2', facts: requested };
      }
      case 'ack2':
        this.#replica.addAll(message.facts);
        return undefined;
    }
  }

  #lackedOf(digest: VersionDigest): VersionDigest {
    if (this.#mode === 'pull') return new Map();
    const behind = [...digest].filter(([owner, version]) => version > this.#replica.version(owner));
    return new Map(behind.map(([owner]) => [owner, this.#replica.version(owner)]));
  }
}
