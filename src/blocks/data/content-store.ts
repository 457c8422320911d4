/**
 * Large values by hash, each once however many entries name it.
 *
 * What no entry names goes after a grace time, not at once: news that names it may be under way,
 * and others may still fetch it here. Bytes are bounded; what is not named gives way first.
 */
import { keyOf, type Content, type ContentReference } from './content.ts';

export class ContentStore {
  readonly #bytesMax: number;
  readonly #graceMs: number;
  readonly #held = new Map<string, Held>();
  /** Values that no entry names. */
  readonly #spare = new Map<string, number>();
  #bytes = 0;
  #turnedAway = 0;

  /** @param graceMs how long a value stays that no entry names */
  constructor(bytesMax: number, graceMs: number) {
    this.#bytesMax = bytesMax;
    this.#graceMs = graceMs;
  }

  /** Of the values that are here. */
  get bytes(): number {
    return this.#bytes;
  }

  get bytesMax(): number {
    return this.#bytesMax;
  }

  /** Values that are here or named. */
  get size(): number {
    return this.#held.size;
  }

  /** Values that there was no room for. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /** One more entry names this value, here or not. */
  name(reference: ContentReference): void {
    const key = keyOf(reference);
    const held = this.#held.get(key);
    this.#spare.delete(key);
    if (held !== undefined) held.names++;
    else this.#held.set(key, { reference, names: 1, content: undefined });
  }

  /** One entry less does. */
  unname(reference: ContentReference, now: number): void {
    const key = keyOf(reference);
    const held = this.#held.get(key);
    if (held === undefined || held.names === 0 || --held.names > 0) return;
    if (held.content === undefined) this.#held.delete(key);
    else this.#spare.set(key, now);
  }

  isNamed(reference: ContentReference): boolean {
    return (this.#held.get(keyOf(reference))?.names ?? 0) > 0;
  }

  has(reference: ContentReference): boolean {
    return this.get(reference) !== undefined;
  }

  get(reference: ContentReference): Content | undefined {
    return this.#held.get(keyOf(reference))?.content;
  }

  /** Named, but not here. */
  *missing(): Generator<ContentReference> {
    for (const { content, reference } of this.#held.values()) {
      if (content === undefined) yield reference;
    }
  }

  /** Whether so many bytes more would find room, beside so many that are on their way. */
  fits(bytes: number, underWay = 0): boolean {
    let spare = 0;
    for (const key of this.#spare.keys()) spare += this.#held.get(key)!.reference.length;
    return this.#bytes - spare + underWay + bytes <= this.#bytesMax;
  }

  /** The same, and what is not named gives way as far as it must. */
  makeRoom(bytes: number, underWay: number): boolean {
    if (!this.fits(bytes, underWay)) return false;
    for (const spare of this.#spare.keys()) {
      if (this.#bytes + underWay + bytes <= this.#bytesMax) break;
      this.#delete(spare);
    }
    return true;
  }

  /** Takes a value in; false: there is no room, which is counted. */
  put(content: Content, now: number): boolean {
    const { reference } = content;
    const key = keyOf(reference);
    const held = this.#held.get(key);
    if (held?.content !== undefined) return true;
    if (!this.makeRoom(reference.length, 0)) {
      this.#turnedAway++;
      return false;
    }
    this.#bytes += reference.length;
    if (held !== undefined) held.content = content;
    else {
      this.#held.set(key, { reference, names: 0, content });
      this.#spare.set(key, now);
    }
    return true;
  }

  /** Drops what no entry has named for the grace time. */
  sweep(now: number): void {
    for (const [key, sinceMs] of this.#spare) {
      if (now - sinceMs >= this.#graceMs) this.#delete(key);
    }
  }

  #delete(key: string): void {
    this.#spare.delete(key);
    this.#bytes -= this.#held.get(key)!.reference.length;
    this.#held.delete(key);
  }
}

interface Held {
  readonly reference: ContentReference;
  /** Entries that name it. */
  names: number;
  /** Undefined: it is not here. */
  content: Content | undefined;
}
