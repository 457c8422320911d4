/**
 * Finds the difference between one's own set and another's, from the other's symbols.
 *
 * Own symbols are subtracted. A symbol whose mark is that of its digest sums up one fact: that is a
 * difference, and it is taken out of all symbols it is in, which leaves others with one. Every fact
 * is in symbol 0, so all is found when that is empty.
 *
 * The symbols come from outside. Honest ones never give a fact twice, nor one that is no part of
 * the symbol it was found in, nor more facts than symbols; whatever does ends the session as
 * `invalid`. So the work is bounded by the symbols taken, and these are bounded by `symbolsMax`.
 */
import { mark } from '../../core/index.ts';
import { digestOfWords } from './fact-set.ts';
import { SALTED_WORDS, type Salt } from './salt.ts';
import { SYMBOLS_MAX, type SymbolEncoder } from './symbol-encoder.ts';
import { COUNT, spread, SYMBOL_WORDS } from './places.ts';
import { differencesFrom, symbolsWanted } from './symbol-plan.ts';
import { symbolCount, type Symbols } from './symbols.ts';

/**
 * `more`: further symbols are needed. `done`: the difference is known. `exhausted`: not known
 * within the bound. `invalid`: no set has such symbols.
 */
export type Decoded = 'more' | 'done' | 'exhausted' | 'invalid';

/** What either side lacks. */
export interface Difference {
  /** Slots of facts that only this side holds; as of the session's begin. */
  readonly onlyHere: readonly number[];
  /** Digests of facts that only the other side holds. */
  readonly onlyThere: readonly Uint8Array[];
  /** The same as short as they can be asked for within the session: see `SymbolEncoder.slotsOf`. */
  readonly onlyThereIds: readonly number[];
}

export interface DecoderOptions {
  /** Symbols that are taken at most; default and most 16,384: what 11,000 differences need. */
  readonly symbolsMax?: number;
}

export class SymbolDecoder {
  readonly #own: SymbolEncoder;
  readonly #salt: Salt;
  readonly #symbolsMax: number;
  #state: Decoded = 'more';
  /** What is left of the symbols when own and found facts are taken out. */
  #left = new Int32Array(0);
  #taken = 0;
  /** What the symbols counted before anything was found: for the estimate. */
  readonly #counts: number[] = [];
  readonly #found: Found[] = [];
  readonly #foundKeys = new Set<string>();
  #difference: Difference | undefined;

  /** `own` was made with the same salt. */
  constructor(own: SymbolEncoder, salt: Salt, options: DecoderOptions = {}) {
    this.#own = own;
    this.#salt = salt;
    this.#symbolsMax = Math.min(options.symbolsMax ?? SYMBOLS_MAX, SYMBOLS_MAX);
  }

  get state(): Decoded {
    return this.#state;
  }

  /** Symbols taken so far: the place of the next. */
  get taken(): number {
    return this.#taken;
  }

  /** Estimated number of differences; undefined before the first symbols. */
  get estimate(): number | undefined {
    if (this.#taken === 0) return undefined;
    return Math.max(this.#found.length, differencesFrom(this.#counts));
  }

  /** How many symbols to have next, in all; at most the bound. */
  get wanted(): number {
    return Math.min(symbolsWanted(this.#taken, this.estimate ?? 0), this.#symbolsMax);
  }

  /** What was found; undefined until `done`. */
  get difference(): Difference | undefined {
    return this.#difference;
  }

  /**
   * Takes the next symbols. Those taken before are passed over; a gap makes all of them useless.
   */
  take(symbols: Symbols): Decoded {
    const end = Math.min(symbols.from + symbolCount(symbols), this.#symbolsMax);
    if (this.#state !== 'more' || symbols.from > this.#taken || end <= this.#taken) {
      return this.#state;
    }
    const begin = this.#taken;
    this.#subtractOwn(symbols, begin, end);
    this.#state = this.#peel(begin);
    if (this.#state === 'more' && this.#taken >= this.#symbolsMax) {
      mark('symbols-exhausted');
      this.#state = 'exhausted';
    }
    if (this.#state === 'invalid') mark('symbols-invalid');
    return this.#state;
  }

  #subtractOwn({ from, words }: Symbols, begin: number, end: number): void {
    const own = this.#own.symbols(begin, end).words;
    if (end * SYMBOL_WORDS > this.#left.length) {
      const grown = new Int32Array(Math.max(end, 2 * begin) * SYMBOL_WORDS);
      grown.set(this.#left);
      this.#left = grown;
    }
    const left = this.#left;
    const offset = (begin - from) * SYMBOL_WORDS;
    for (let at = 0; at < own.length; at += SYMBOL_WORDS) {
      const to = begin * SYMBOL_WORDS + at;
      for (let word = 0; word < COUNT; word++) {
        left[to + word] = words[offset + at + word]! ^ own[at + word]!;
      }
      const counted = words[offset + at + COUNT]! - own[at + COUNT]!;
      left[to + COUNT] = counted;
      this.#counts.push(counted);
    }
    this.#taken = end;
    for (const fact of this.#found) {
      if (fact.next < end) fact.next = spread(fact.words, 0, fact.next, end, left, -fact.sign);
    }
  }

  /** Takes out what symbols from place `begin` on tell, and what that makes others tell. */
  #peel(begin: number): Decoded {
    const places: number[] = [];
    for (let place = this.#taken - 1; place >= begin; place--) places.push(place);
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      const fact = this.#single(place);
      if (fact === undefined) continue;
      const key = fact.words.subarray(0, 4).join();
      if (this.#foundKeys.has(key) || this.#found.length === this.#taken) return 'invalid';
      this.#foundKeys.add(key);
      this.#found.push(fact);
      fact.next = spread(fact.words, 0, 0, this.#taken, this.#left, -fact.sign, places);
      if (!this.#isEmpty(place)) return 'invalid';
    }
    if (!this.#isEmpty(0)) return 'more';
    for (let place = 1; place < this.#taken; place++) {
      if (!this.#isEmpty(place)) return 'invalid';
    }
    return this.#settle() ? 'done' : 'invalid';
  }

  /** The fact that a symbol sums up, if that is one. */
  #single(place: number): Found | undefined {
    const at = place * SYMBOL_WORDS;
    const left = this.#left;
    const sign = left[at + COUNT]!;
    if (sign !== 1 && sign !== -1) return undefined;
    const words = new Int32Array(SALTED_WORDS);
    for (let word = 0; word < 4; word++) words[word] = left[at + word]!;
    this.#salt.expand(words, 0);
    if (words[4] !== left[at + 4] || words[5] !== left[at + 5]) return undefined;
    return { words, sign, next: 0 };
  }

  #isEmpty(place: number): boolean {
    const at = place * SYMBOL_WORDS;
    for (let word = 0; word < SYMBOL_WORDS; word++) {
      if (this.#left[at + word] !== 0) return false;
    }
    return true;
  }

  /** Says what was found; false if it contradicts what is here. */
  #settle(): boolean {
    const slots = this.#own.locate(this.#found.map(({ words }) => words));
    const onlyHere: number[] = [];
    const onlyThere: Uint8Array[] = [];
    const onlyThereIds: number[] = [];
    for (const [index, { words, sign }] of this.#found.entries()) {
      const slot = slots.get(index);
      if ((sign === -1) !== (slot !== undefined)) return false;
      if (slot !== undefined) {
        onlyHere.push(slot);
        continue;
      }
      onlyThere.push(digestOfWords(this.#salt.unsalt(words, 0), 0));
      onlyThereIds.push(words[0]! >>> 0);
    }
    this.#difference = { onlyHere, onlyThere, onlyThereIds };
    return true;
  }
}

/** A difference that was found. */
interface Found {
  /** Salted digest, mark, draws. */
  readonly words: Int32Array;
  /** 1: only there; −1: only here. */
  readonly sign: number;
  /** Its first place that has not been taken out yet. */
  next: number;
}
