/**
 * The side of a comparison that asks: it sends a checksum, and if that differs decodes the symbols
 * that come (Yang, Gilad, Alizadeh 2024) until it knows which entries either side lacks. Then it
 * tells what the other side lacks and asks for the rest. Where the difference is too large for
 * that, all entries go both ways.
 */
import { Salt, SymbolDecoder, SymbolEncoder } from '../../../blocks/reconcile/index.ts';
import type { SaltKey } from '../../../blocks/reconcile/index.ts';
import { mark, type Peer } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import type { DataAgree, DataCompare, DataPage, DataSymbols, Memory } from '../data-messages.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { View } from '../view.ts';
import { deliver } from './delivery.ts';
import type { Ledger } from './ledger.ts';
import type { Cell } from './store.ts';

/** What a comparison came to. */
export interface Outcome {
  /** Entries that were new here. */
  readonly brought: number;
  /** Of the other side. */
  readonly memory: Memory;
}

export class Asking {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #ledger: Ledger;
  readonly #sessions = new Map<Peer, Session>();
  #begun = 0;
  #invalid = 0;

  constructor(view: View, contact: Contact, ledger: Ledger) {
    this.#view = view;
    this.#contact = contact;
    this.#ledger = ledger;
  }

  get open(): number {
    return this.#sessions.size;
  }

  /** Comparisons begun so far. */
  get begun(): number {
    return this.#begun;
  }

  /** Comparisons given up, since no set has such symbols. */
  get invalid(): number {
    return this.#invalid;
  }

  clear(): void {
    this.#sessions.clear();
  }

  /** @param byStream a newcomer hears this after all that it is told on the bulk lane */
  begin(env: HearsayEnv, to: Peer, byStream: boolean): void {
    this.#forgetOld(env.now);
    this.#begun++;
    this.#sessions.delete(to);
    this.#sessions.set(to, { sinceMs: env.now, decoding: undefined, brought: 0 });
    const { memory, store } = this.#ledger;
    const { checksum } = store;
    const message: DataCompare = { type: 'data-compare', checksum, memory: memory.state };
    if (byStream) env.sendReliably(to, message, this.#contact.nextSeq(), 'bulk');
    else env.send(to, message);
  }

  agreed(from: Peer, { memory }: DataAgree): Outcome | undefined {
    return this.#sessions.delete(from) ? { brought: 0, memory } : undefined;
  }

  symbols(env: HearsayEnv, from: Peer, message: DataSymbols): Outcome | undefined {
    const session = this.#sessions.get(from);
    if (session === undefined) return undefined; // Nobody has asked.
    session.decoding ??= this.#open(message.salt);
    const { decoder, salt } = session.decoding;
    const isOfSession = salt.key.every((word, i) => word === message.salt[i]);
    if (!isOfSession || decoder.state !== 'more') return undefined; // Late, or a lie.
    switch (decoder.take(message.symbols)) {
      case 'more': {
        env.send(from, { type: 'data-ask', symbolsEnd: decoder.wanted, ids: [] });
        return undefined;
      }
      case 'done':
        return this.#settle(env, from, decoder, message.memory);
      case 'exhausted':
        this.#exchangeAll(env, from, message.memory);
        return undefined;
      case 'invalid':
        this.#invalid++;
        this.#sessions.delete(from);
        return undefined;
    }
  }

  /** A page of what was asked for, that has brought so many new entries. */
  page(from: Peer, { last, memory }: DataPage, brought: number): Outcome | undefined {
    const session = this.#sessions.get(from);
    if (session?.decoding === undefined) return undefined;
    session.brought += brought;
    if (!last) return undefined;
    this.#sessions.delete(from);
    return { brought: session.brought, memory };
  }

  #open(key: SaltKey): Decoding {
    const salt = new Salt(key);
    const { bytes, set } = this.#ledger.store;
    const symbolsMax = Math.ceil(bytes / SYMBOL_BYTES) + SYMBOLS_ALWAYS;
    return {
      salt,
      decoder: new SymbolDecoder(new SymbolEncoder(set, salt), salt, { symbolsMax }),
    };
  }

  #settle(
    env: HearsayEnv,
    to: Peer,
    { difference }: SymbolDecoder,
    theirs: Memory,
  ): Outcome | undefined {
    const { onlyHere, onlyThereIds } = difference!;
    const { memory, store } = this.#ledger;
    const cells: Cell[] = [];
    for (const slot of onlyHere) {
      const cell = store.cellAt(slot);
      if (cell === undefined) continue; // Gone meanwhile.
      if (theirs === 'whole' && memory.isDoubtful(cell)) this.#ledger.dismiss(env, cell);
      else cells.push(cell);
    }
    if (cells.length > 0) this.#deliver(env, to, cells, false);
    if (onlyThereIds.length === 0) {
      this.#sessions.delete(to);
      return { brought: 0, memory: theirs };
    }
    this.#ask(env, to, onlyThereIds);
    return undefined;
  }

  #ask(env: HearsayEnv, to: Peer, ids: readonly number[]): void {
    const message = { type: 'data-ask', symbolsEnd: 0, ids } as const;
    if (ids.length <= IDS_BY_PACKET) env.send(to, message);
    else env.sendReliably(to, message, this.#contact.nextSeq(), 'bulk');
  }

  #exchangeAll(env: HearsayEnv, to: Peer, theirs: Memory): void {
    mark('data-all');
    const { memory, store } = this.#ledger;
    if (theirs === 'whole') {
      for (const cell of store.map.cells.values()) {
        if (memory.isDoubtful(cell)) this.#ledger.dismiss(env, cell);
      }
    }
    this.#deliver(env, to, [...store.cells()], true);
  }

  #deliver(env: HearsayEnv, to: Peer, cells: readonly Cell[], want: boolean): void {
    const { packetBytesMax } = this.#view.config;
    const memory = this.#ledger.memory.state;
    deliver(env, to, this.#contact, { cells, want, memory, packetBytesMax });
  }

  #forgetOld(now: number): void {
    for (const [peer, { sinceMs }] of this.#sessions) {
      if (now - sinceMs <= SESSION_MS && this.#sessions.size < ASKED_MAX) return;
      this.#sessions.delete(peer);
    }
  }
}

interface Session {
  readonly sinceMs: number;
  /** Undefined until symbols come. */
  decoding: Decoding | undefined;
  /** Entries that were new here. */
  brought: number;
}

interface Decoding {
  readonly decoder: SymbolDecoder;
  readonly salt: Salt;
}

/** A node asks one member at a time, and each newcomer that it serves. */
export const ASKED_MAX = 64;
/** Longer than all of a large map takes on a slow line. */
export const SESSION_MS = 60_000;
/** 24 of digest and mark, one or two of the count: with more of them, all entries cost less. */
const SYMBOL_BYTES = 26;
/** Also a node without entries finds a few. */
const SYMBOLS_ALWAYS = 64;
/** At four bytes each. */
const IDS_BY_PACKET = 256;
