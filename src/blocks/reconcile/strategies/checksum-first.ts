/**
 * One checksum over all facts; only if it differs, everything. Pull: the one asked tells all.
 * Push-pull: and is told what it did not tell.
 */
import { isSameChecksum, type SetChecksum } from '../fact-set.ts';
import type { Fact, Replica } from './replica.ts';
import {
  HEAD_BYTES,
  smallFirst,
  WHOLE_MESSAGE_BYTES_MAX,
  type Side,
  type Strategy,
  type SyncMode,
} from './strategy.ts';

export type ChecksumMessage =
  | { readonly type: 'compare'; readonly checksum: SetChecksum }
  | { readonly type: 'same' }
  | { readonly type: 'state'; readonly facts: readonly Fact[] };

export function checksumFirst(): Strategy<ChecksumMessage> {
  return {
    modes: ['pull', 'push-pull'],
    messageBytesMax: WHOLE_MESSAGE_BYTES_MAX,
    asker: (replica, mode) => new ChecksumSide(replica, mode),
    answerer: (replica, mode) => new ChecksumSide(replica, mode),
    sizeOf,
  };
}

function sizeOf(message: ChecksumMessage): number {
  switch (message.type) {
    case 'compare':
      return HEAD_BYTES + CHECKSUM_BYTES;
    case 'same':
      return HEAD_BYTES;
    case 'state':
      return HEAD_BYTES + COUNT_BYTES;
  }
}

export const CHECKSUM_BYTES = 8;
const COUNT_BYTES = 4;

class ChecksumSide implements Side<ChecksumMessage> {
  readonly #replica: Replica;
  readonly #mode: SyncMode;
  #asks = false;

  constructor(replica: Replica, mode: SyncMode) {
    this.#replica = replica;
    this.#mode = mode;
  }

  begin(): ChecksumMessage {
    this.#asks = true;
    return { type: 'compare', checksum: this.#replica.set.checksum };
  }

  receive(message: ChecksumMessage): ChecksumMessage | undefined {
    switch (message.type) {
      case 'compare':
        return isSameChecksum(message.checksum, this.#replica.set.checksum)
          ? { type: 'same' }
          : { type: 'state', facts: this.#replica.all().slice() };
      case 'same':
        return undefined;
      case 'state': {
        const tells = this.#asks && this.#mode === 'push-pull';
        const lacking = tells ? this.#replica.without(message.facts) : [];
        this.#replica.addAll(message.facts);
        return lacking.length === 0 ? undefined : { type: 'state', facts: smallFirst(lacking) };
      }
    }
  }
}
