/**
 * Everything, each time: push tells all, pull asks for all, push-pull swaps all, in two messages.
 * The last is the push/pull of memberlist.
 */
import type { Fact, Replica } from './replica.ts';
import {
  HEAD_BYTES,
  WHOLE_MESSAGE_BYTES_MAX,
  type Side,
  type Strategy,
  type SyncMode,
} from './strategy.ts';

export type FullStateMessage =
  | { readonly type: 'ask' }
  | { readonly type: 'state'; readonly facts: readonly Fact[] };

/** @param entryBytes What each fact costs beyond its own bytes; default 0. */
export function fullState({ entryBytes = 0 } = {}): Strategy<FullStateMessage> {
  return {
    modes: ['push', 'pull', 'push-pull'],
    messageBytesMax: WHOLE_MESSAGE_BYTES_MAX,
    asker: (replica, mode) => new FullStateSide(replica, mode, true),
    answerer: (replica, mode) => new FullStateSide(replica, mode, false),
    sizeOf: (message) =>
      message.type === 'ask'
        ? HEAD_BYTES
        : HEAD_BYTES + COUNT_BYTES + message.facts.length * entryBytes,
  };
}

const COUNT_BYTES = 4;

class FullStateSide implements Side<FullStateMessage> {
  readonly #replica: Replica;
  readonly #mode: SyncMode;
  readonly #asks: boolean;

  constructor(replica: Replica, mode: SyncMode, asks: boolean) {
    this.#replica = replica;
    this.#mode = mode;
    this.#asks = asks;
  }

  begin(): FullStateMessage {
    return this.#mode === 'pull' ? { type: 'ask' } : this.#all();
  }

  receive(message: FullStateMessage): FullStateMessage | undefined {
    const answer = this.#asks || this.#mode === 'push' ? undefined : this.#all();
    if (message.type === 'state') this.#replica.addAll(message.facts);
    return answer;
  }

  #all(): FullStateMessage {
    return { type: 'state', facts: this.#replica.all().slice() };
  }
}
