/**
 * The side of a comparison that is asked: it makes symbols of what it holds, as many as are wanted,
 * and sends the entries that the asker lacks.
 */
import {
  drawSaltKey,
  isSameChecksum,
  Salt,
  SymbolEncoder,
  SYMBOLS_FIRST,
} from '../../../blocks/reconcile/index.ts';
import { ENVELOPE_BYTES, mark, STREAM_BYTES_MAX, type Peer } from '../../../core/index.ts';
import type { Contact } from '../contact.ts';
import { DATA_MESSAGE_BYTES, dataCodec } from '../data-codec.ts';
import type { DataAsk, DataCompare, DataSymbols } from '../data-messages.ts';
import type { HearsayEnv } from '../protocol-env.ts';
import type { View } from '../view.ts';
import { SESSION_MS } from './asking.ts';
import { deliver } from './delivery.ts';
import type { Ledger } from './ledger.ts';
import type { Cell } from './store.ts';

export class Answering {
  readonly #view: View;
  readonly #contact: Contact;
  readonly #ledger: Ledger;
  readonly #sessions = new Map<Peer, Session>();
  #windowMs = -Infinity;
  #answers = 0;
  #unanswered = 0;

  constructor(view: View, contact: Contact, ledger: Ledger) {
    this.#view = view;
    this.#contact = contact;
    this.#ledger = ledger;
  }

  get open(): number {
    return this.#sessions.size;
  }

  /** Questions that got no answer, since too many came at once. */
  get unanswered(): number {
    return this.#unanswered;
  }

  clear(): void {
    this.#sessions.clear();
  }

  /** Whether everything agrees; if not, symbols go. */
  compare(env: HearsayEnv, from: Peer, { checksum }: DataCompare): void {
    const { memory, store } = this.#ledger;
    if (isSameChecksum(checksum, store.checksum)) {
      env.send(from, { type: 'data-agree', checksum, memory: memory.state });
      return;
    }
    if (!this.mayAnswer(env.now)) return;
    mark('data-differ');
    this.#forgetOld(env.now);
    const salt = new Salt(drawSaltKey(env.random));
    const session = { sinceMs: env.now, encoder: new SymbolEncoder(store.set, salt), salt };
    this.#sessions.delete(from);
    this.#sessions.set(from, session);
    this.#symbols(env, from, session, SYMBOLS_FIRST);
  }

  /** The asker needs more symbols, or knows what it lacks. */
  asked(env: HearsayEnv, from: Peer, { ids, symbolsEnd }: DataAsk): void {
    const session = this.#sessions.get(from);
    if (session === undefined) return;
    if (symbolsEnd > session.encoder.made) {
      this.#symbols(env, from, session, Math.min(symbolsEnd, session.encoder.made + STEP_MAX));
    }
    if (symbolsEnd > 0) return;
    this.#sessions.delete(from);
    const cells: Cell[] = [];
    for (const slot of session.encoder.slotsOf(ids)) {
      const cell = this.#ledger.store.cellAt(slot);
      if (cell !== undefined) cells.push(cell);
    }
    this.deliver(env, from, cells);
  }

  deliver(env: HearsayEnv, to: Peer, cells: readonly Cell[]): void {
    const { packetBytesMax } = this.#view.config;
    const memory = this.#ledger.memory.state;
    deliver(env, to, this.#contact, { cells, want: false, memory, packetBytesMax });
  }

  /** What a question costs here may be much more than it costs to ask: only so many a second. */
  mayAnswer(now: number): boolean {
    if (now - this.#windowMs >= WINDOW_MS) {
      this.#windowMs = now;
      this.#answers = 0;
    }
    if (++this.#answers <= ANSWERS_MAX) return true;
    this.#unanswered++;
    return false;
  }

  #symbols(env: HearsayEnv, to: Peer, { encoder, salt }: Session, end: number): void {
    const message: DataSymbols = {
      type: 'data-symbols',
      memory: this.#ledger.memory.state,
      salt: salt.key,
      held: encoder.facts,
      symbols: encoder.symbols(encoder.made, end),
    };
    if (dataCodec.sizeOf(message) <= this.#view.config.packetBytesMax) env.send(to, message);
    else env.sendReliably(to, message, this.#contact.nextSeq(), 'bulk');
  }

  #forgetOld(now: number): void {
    for (const [peer, { sinceMs }] of this.#sessions) {
      if (now - sinceMs <= SESSION_MS && this.#sessions.size < ANSWERED_MAX) return;
      this.#sessions.delete(peer);
    }
  }
}

interface Session {
  readonly sinceMs: number;
  readonly encoder: SymbolEncoder;
  readonly salt: Salt;
}

/** Each holds 40 bytes an entry: with 65,536 entries 2.6 MB. */
export const ANSWERED_MAX = 16;
/** In calm a node is asked about once an interval; after a cut more. */
const ANSWERS_MAX = 32;
const WINDOW_MS = 1000;
/** What one stream message carries, at 29 bytes each at most. */
const STEP_MAX = Math.floor(
  (STREAM_BYTES_MAX - ENVELOPE_BYTES - DATA_MESSAGE_BYTES['data-symbols']) / 29,
);
