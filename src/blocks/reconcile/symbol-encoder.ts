/**
 * Makes a set's symbols, as many as are asked for.
 *
 * It works on the set as it was when the session began: what changes meanwhile is another session's
 * business. Symbols are made in runs; each run looks at every fact once, and adds it where it
 * belongs, so the work is O(facts · log symbols) in all.
 */
import { DIGEST_WORDS, type FactSet } from './fact-set.ts';
import { SALTED_WORDS, type Salt } from './salt.ts';
import type { Symbols } from './symbols.ts';
import { spread, SYMBOL_WORDS } from './places.ts';

export class SymbolEncoder {
  /** How many facts the symbols sum up. */
  readonly facts: number;
  readonly #slots: Uint32Array;
  /** Salted digest, mark, state and step of the places: eight words a fact. */
  readonly #salted: Int32Array;
  readonly #next: Uint32Array;
  #words = new Int32Array(SYMBOLS_AT_FIRST * SYMBOL_WORDS);
  #made = 0;

  constructor(set: FactSet, salt: Salt) {
    this.facts = set.size;
    this.#slots = new Uint32Array(set.size);
    this.#salted = new Int32Array(set.size * SALTED_WORDS);
    this.#next = new Uint32Array(set.size);
    for (let slot = 0, row = 0; slot < set.slotsEnd; slot++) {
      if (!set.has(slot)) continue;
      this.#slots[row] = slot;
      set.copyWords(slot, this.#salted, row * SALTED_WORDS);
      salt.salt(this.#salted, row * SALTED_WORDS);
      row++;
    }
  }

  /** Symbols made so far. */
  get made(): number {
    return this.#made;
  }

  /** The symbols `from` … `to` − 1, as far as the bound allows. */
  symbols(from: number, to: number): Symbols {
    const end = Math.min(to, SYMBOLS_MAX);
    if (end > this.#made) this.#extend(end);
    return { from, words: this.#words.slice(from * SYMBOL_WORDS, end * SYMBOL_WORDS) };
  }

  /** The slots of the facts whose salted digests are given, by their first words, in any order. */
  slotsOf(ids: readonly number[]): number[] {
    const wanted = new Set(ids.map((id) => id | 0));
    const found: number[] = [];
    this.#slots.forEach((slot, row) => {
      if (wanted.has(this.#salted[row * SALTED_WORDS]!)) found.push(slot);
    });
    return found;
  }

  /** The slot of each salted digest that is here, by its index among those given. */
  locate(salted: readonly Int32Array[]): Map<number, number> {
    const wanted = new Map<number, number[]>();
    for (const [index, words] of salted.entries()) {
      const same = wanted.get(words[0]!);
      if (same === undefined) wanted.set(words[0]!, [index]);
      else same.push(index);
    }
    const found = new Map<number, number>();
    this.#slots.forEach((slot, row) => {
      const at = row * SALTED_WORDS;
      for (const index of wanted.get(this.#salted[at]!) ?? []) {
        const words = salted[index]!;
        let word = 1;
        while (word < DIGEST_WORDS && words[word] === this.#salted[at + word]) word++;
        if (word === DIGEST_WORDS) found.set(index, slot);
      }
    });
    return found;
  }

  #extend(to: number): void {
    if (to * SYMBOL_WORDS > this.#words.length) {
      const grown = new Int32Array(Math.max(to, 2 * this.#made) * SYMBOL_WORDS);
      grown.set(this.#words);
      this.#words = grown;
    }
    const { facts } = this;
    const next = this.#next;
    for (let row = 0; row < facts; row++) {
      if (next[row]! >= to) continue;
      next[row] = spread(this.#salted, row * SALTED_WORDS, next[row]!, to, this.#words, 1);
    }
    this.#made = to;
  }
}

/** Of a session: 430 kB on the wire. Whoever asks for more gets no more. */
export const SYMBOLS_MAX = 16_384;

/** What a first answer asks for, and a little. */
const SYMBOLS_AT_FIRST = 32;
