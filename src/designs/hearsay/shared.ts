import { Registry } from '../../blocks/membership/index.ts';
import type { Book, Crypto } from '../../core/index.ts';
import type { HearsayConfig } from './config.ts';

/** What all of a configuration says but who the node is. */
export type Tuning = Omit<HearsayConfig, 'name' | 'tags' | 'seeds' | 'streams'>;

/** What all nodes of one simulation or process have in common: interned names, facts, tunings. */
export class HearsayShared {
  readonly book: Book;
  readonly crypto: Crypto;
  readonly registry = new Registry();
  readonly #tunings: Tuning[] = [];

  constructor(book: Book, crypto: Crypto) {
    this.book = book;
    this.crypto = crypto;
  }

  /**
   * The tuning of a configuration, as one object for all nodes that are tuned alike: of thousands
   * of nodes each would else read its own from far memory, at every event.
   */
  tuningOf(config: HearsayConfig): Tuning {
    const { name: _name, tags: _tags, seeds: _seeds, streams: _streams, ...tuning } = config;
    const known = this.#tunings.find((other) => areAlike(other, tuning));
    if (known !== undefined) return known;
    if (this.#tunings.length < TUNINGS_MAX) this.#tunings.push(tuning);
    return tuning;
  }
}

function areAlike(a: Tuning, b: Tuning): boolean {
  return Object.entries(a).every(([option, value]) => b[option as keyof Tuning] === value);
}

const TUNINGS_MAX = 16;
