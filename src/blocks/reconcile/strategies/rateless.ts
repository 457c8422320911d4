/**
 * One checksum; if it differs, coded symbols until the asker knows the difference; then it tells
 * what only it has and asks, by four bytes each, for what only the other has.
 *
 * The first symbols come with the answer to the checksum. When symbols would cost more than all
 * facts do, all facts go instead. Symbols that no set has end the session. Pull: the asker tells
 * nothing.
 */
import { varintBytes, type Random } from '../../../core/index.ts';
import { isSameChecksum, type SetChecksum } from '../fact-set.ts';
import { drawSaltKey, Salt, SALT_BYTES, type SaltKey } from '../salt.ts';
import { SymbolDecoder } from '../symbol-decoder.ts';
import { SYMBOLS_MAX, SymbolEncoder } from '../symbol-encoder.ts';
import { SYMBOLS_FIRST } from '../symbol-plan.ts';
import { sizeOfSymbols, symbolCount, type Symbols } from '../symbols.ts';
import { CHECKSUM_BYTES } from './checksum-first.ts';
import type { Fact, Replica } from './replica.ts';
import {
  HEAD_BYTES,
  smallFirst,
  WHOLE_MESSAGE_BYTES_MAX,
  type Side,
  type Strategy,
  type SyncMode,
} from './strategy.ts';

export type RatelessMessage =
  | { readonly type: 'compare'; readonly checksum: SetChecksum }
  | { readonly type: 'same' }
  | {
      readonly type: 'symbols';
      /** With the first ones. */
      readonly salt: SaltKey | undefined;
      /** How many facts the sender holds. */
      readonly held: number;
      readonly symbols: Symbols;
    }
  /** Symbols up to this place, please. */
  | { readonly type: 'more'; readonly to: number }
  /** The difference is known. */
  | { readonly type: 'settle'; readonly ids: readonly number[]; readonly facts: readonly Fact[] }
  /** Too many differences: everything. */
  | { readonly type: 'state'; readonly facts: readonly Fact[] }
  | { readonly type: 'facts'; readonly facts: readonly Fact[] };

export interface RatelessOptions {
  /** One symbol at a time, as if round trips cost nothing; default false: as the estimate says. */
  readonly isTripFree?: boolean;
}

export function rateless({ isTripFree = false }: RatelessOptions = {}): Strategy<RatelessMessage> {
  return {
    modes: ['pull', 'push-pull'],
    messageBytesMax: WHOLE_MESSAGE_BYTES_MAX,
    asker: (replica, mode) => new Asker(replica, mode, isTripFree),
    answerer: (replica, _mode, random) =>
      new Answerer(replica, random, isTripFree ? 1 : SYMBOLS_FIRST),
    sizeOf: (message) => HEAD_BYTES + bytesOf(message),
  };
}

function bytesOf(message: RatelessMessage): number {
  switch (message.type) {
    case 'same':
      return 0;
    case 'compare':
      return CHECKSUM_BYTES;
    case 'symbols': {
      const { salt, held, symbols } = message;
      const head = salt === undefined ? 0 : SALT_BYTES + varintBytes(held);
      return head + varintBytes(symbolCount(symbols)) + sizeOfSymbols(symbols, held);
    }
    case 'more':
      return varintBytes(message.to);
    case 'settle':
      return varintBytes(message.ids.length) + message.ids.length * ID_BYTES + COUNT_BYTES;
    case 'state':
    case 'facts':
      return COUNT_BYTES;
  }
}

/** A salted digest's first word: two facts that share it are both sent, which harms nobody. */
const ID_BYTES = 4;
const COUNT_BYTES = 4;
/** 24 of digest and mark, one or two of the count. */
const SYMBOL_BYTES = 26;

class Asker implements Side<RatelessMessage> {
  readonly #replica: Replica;
  readonly #mode: SyncMode;
  readonly #isTripFree: boolean;
  #decoder: SymbolDecoder | undefined;

  constructor(replica: Replica, mode: SyncMode, isTripFree: boolean) {
    this.#replica = replica;
    this.#mode = mode;
    this.#isTripFree = isTripFree;
  }

  begin(): RatelessMessage {
    return { type: 'compare', checksum: this.#replica.set.checksum };
  }

  receive(message: RatelessMessage): RatelessMessage | undefined {
    if (message.type === 'facts') this.#replica.addAll(message.facts);
    if (message.type !== 'symbols') return undefined;
    if (message.salt !== undefined) this.#decoder ??= this.#open(message.salt);
    if (this.#decoder === undefined) return undefined;
    switch (this.#decoder.take(message.symbols)) {
      case 'more':
        return {
          type: 'more',
          to: this.#isTripFree ? this.#decoder.taken + 1 : this.#decoder.wanted,
        };
      case 'done':
        return this.#settle(this.#decoder);
      case 'exhausted':
        return { type: 'state', facts: this.#mode === 'pull' ? [] : this.#replica.all().slice() };
      case 'invalid':
        return undefined;
    }
  }

  #open(key: SaltKey): SymbolDecoder {
    const salt = new Salt(key);
    const symbolsMax = Math.ceil(this.#replica.bytes / SYMBOL_BYTES) + SYMBOLS_ALWAYS;
    return new SymbolDecoder(new SymbolEncoder(this.#replica.set, salt), salt, { symbolsMax });
  }

  #settle({ difference }: SymbolDecoder): RatelessMessage {
    const { onlyHere, onlyThereIds } = difference!;
    const told = this.#mode === 'pull' ? [] : onlyHere.map((slot) => this.#replica.at(slot));
    return { type: 'settle', ids: onlyThereIds, facts: smallFirst(told) };
  }
}

/** Also a node without facts finds a few. */
const SYMBOLS_ALWAYS = 64;

class Answerer implements Side<RatelessMessage> {
  readonly #replica: Replica;
  readonly #random: Random;
  readonly #first: number;
  #encoder: SymbolEncoder | undefined;

  /** `first`: symbols in the answer to a checksum. */
  constructor(replica: Replica, random: Random, first: number) {
    this.#replica = replica;
    this.#random = random;
    this.#first = first;
  }

  begin(): RatelessMessage {
    return { type: 'compare', checksum: this.#replica.set.checksum };
  }

  receive(message: RatelessMessage): RatelessMessage | undefined {
    const replica = this.#replica;
    switch (message.type) {
      case 'compare': {
        if (isSameChecksum(message.checksum, replica.set.checksum)) return { type: 'same' };
        const salt = drawSaltKey(this.#random);
        this.#encoder = new SymbolEncoder(replica.set, new Salt(salt));
        return this.#symbols(0, this.#first, salt);
      }
      case 'more': {
        const made = this.#encoder?.made ?? 0;
        // A peer may ask for nothing sensible; what one message holds is the most it gets.
        const to = Math.min(message.to, made + Math.floor(WHOLE_MESSAGE_BYTES_MAX / SYMBOL_BYTES));
        return to > made && made < SYMBOLS_MAX ? this.#symbols(made, to) : undefined;
      }
      case 'settle': {
        const asked = this.#encoder?.slotsOf(message.ids).map((slot) => replica.at(slot)) ?? [];
        replica.addAll(message.facts);
        return asked.length === 0 ? undefined : { type: 'facts', facts: smallFirst(asked) };
      }
      case 'state': {
        const lacking = replica.without(message.facts);
        replica.addAll(message.facts);
        return { type: 'facts', facts: smallFirst(lacking) };
      }
      case 'same':
      case 'symbols':
      case 'facts':
        return undefined;
    }
  }

  #symbols(from: number, to: number, salt?: SaltKey): RatelessMessage | undefined {
    if (this.#encoder === undefined) return undefined;
    const symbols = this.#encoder.symbols(from, to);
    return { type: 'symbols', salt, held: this.#encoder.facts, symbols };
  }
}
